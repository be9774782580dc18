package plan

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/internal/sqltext"
)

// Analysis is what a plan says about a statement. Recommendations and, in other
// words, Issues and Suggestions come from the same findings.
type Analysis struct {
	Query           string    `json:"query"`
	ExecutionPlan   []string  `json:"execution_plan"` // in the words of the database
	Recommendations []string  `json:"recommendations"`
	Issues          []string  `json:"performance_issues"`
	Suggestions     []string  `json:"optimization_suggestions"`
	Findings        []Finding `json:"findings"`
	Plan            *Plan     `json:"plan,omitempty"`
	Error           string    `json:"error,omitempty"`
}

// Options are those of [Analyze]. The zero value is the default.
type Options struct {
	Thresholds
	Logger *slog.Logger // of failures; default slog.Default()
}

// Analyze explains a statement and evaluates its plan. If that fails, the failure
// is logged without the values of the statement, and the analysis has the error
// too.
func Analyze(ctx context.Context, src Source, q Query, opts Options) (*Analysis, error) {
	a := &Analysis{Query: q.SQL, ExecutionPlan: []string{}, Recommendations: []string{}, Issues: []string{}, Suggestions: []string{}, Findings: []Finding{}}
	p, err := Explain(ctx, src, q)
	if err != nil {
		logger := opts.Logger
		if logger == nil {
			logger = slog.Default()
		}
		logger.ErrorContext(ctx, "Failed to analyze query plan: "+redact(src.Driver().Dialect(), err.Error(), q))
		a.Error = err.Error()
		return a, err
	}
	a.Plan, a.ExecutionPlan = p, strings.Split(p.Raw, "\n")
	a.Findings = append(a.Findings, p.Findings(opts.Thresholds)...)
	for _, f := range a.Findings {
		if f.Small {
			continue
		}
		recommendation, issue, suggestion := f.Rule.texts()
		a.Recommendations = add(a.Recommendations, recommendation)
		a.Issues = add(a.Issues, issue)
		a.Suggestions = add(a.Suggestions, suggestion)
	}
	return a, nil
}

func add(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// redact takes the values of the statement out of a text: databases repeat them
// in their errors.
func redact(dialectName, text string, q Query) string {
	hide := func(value string) {
		if len(value) > 1 {
			text = strings.ReplaceAll(text, value, "[…]")
		}
	}
	for _, arg := range q.Args {
		hide(textOf(arg))
	}
	tokens, err := sqltext.Lex(dialectName, q.SQL)
	if err != nil {
		return "the SQL cannot be read"
	}
	for _, t := range tokens {
		if t.Kind == sqltext.Text || t.Kind == sqltext.Number && len(t.Text) > 2 {
			hide(t.Text)
		}
	}
	return text
}
