package rule

import (
	"fmt"
	"math"
	"math/big"
	"net/mail"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Codes of the violations that rules report.
const (
	CodeRequired   = "required"
	CodeNull       = "null"
	CodeType       = "type"
	CodeTooShort   = "too_short"
	CodeTooLong    = "too_long"
	CodeBlank      = "blank"
	CodeOutOfRange = "out_of_range"
	CodeNotFinite  = "not_finite"
	CodePattern    = "pattern"
	CodeEmail      = "email"
	CodeURL        = "url"
	CodeEncoding   = "encoding"
	CodeInvalid    = "invalid"
	CodeUnknown    = "unknown_field"
)

// Fault is one broken rule.
type Fault struct {
	Code    string // one of the Code constants
	Message string // English, without the field's name
}

// patterns keeps each expression compiled; schemas hold few.
type patterns struct{ m sync.Map }

func (p *patterns) get(expr string) (*regexp.Regexp, error) {
	if re, ok := p.m.Load(expr); ok {
		return re.(*regexp.Regexp), nil
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("rule: cannot compile pattern %q: %w", expr, err)
	}
	p.m.Store(expr, re)
	return re, nil
}

//nolint:gochecknoglobals // a cache of pure values, safe for concurrent use
var compiled patterns

// Normalize gives the text as it is stored: trimmed and in lower case where
// the rules say so.
func (s Set) Normalize(text string) string {
	if s.Trim {
		text = strings.TrimSpace(text)
	}
	if s.Lower {
		text = strings.ToLower(text)
	}
	return text
}

// Check returns every rule that v breaks. Text and numbers of any Go kind are
// understood, a pointer is followed, and a nil pointer breaks no rule.
func (s Set) Check(v any) []Fault {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			return nil
		}
		rv = rv.Elem()
	}
	switch {
	case rv.Kind() == reflect.String:
		return s.checkText(rv.String())
	case rv.CanInt():
		return s.checkNumber(new(big.Float).SetInt64(rv.Int()))
	case rv.CanUint():
		return s.checkNumber(new(big.Float).SetUint64(rv.Uint()))
	case rv.CanFloat():
		n := rv.Float()
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return []Fault{{CodeNotFinite, "must be a finite number"}}
		}
		return s.checkNumber(big.NewFloat(n))
	}
	return nil
}

func (s Set) checkText(text string) []Fault {
	var faults []Fault
	add := func(code, format string, args ...any) {
		faults = append(faults, Fault{code, fmt.Sprintf(format, args...)})
	}
	// PostgreSQL cannot store either; refusing both everywhere keeps the
	// dialects equal.
	if !utf8.ValidString(text) {
		add(CodeEncoding, "must be valid UTF-8 text")
		return faults
	}
	if strings.ContainsRune(text, 0) {
		add(CodeEncoding, "must not contain the NUL character")
	}
	blank := s.NotBlank && strings.TrimSpace(text) == ""
	if blank {
		add(CodeBlank, "must not be blank")
	}
	n := utf8.RuneCountInString(text)
	if s.MinLen != nil && n < *s.MinLen && !blank {
		add(CodeTooShort, "must have at least %s", characters(*s.MinLen))
	}
	if s.MaxLen != nil && n > *s.MaxLen {
		add(CodeTooLong, "must have at most %s, has %d", characters(*s.MaxLen), n)
	}
	if s.Email && !validEmail(text) {
		add(CodeEmail, "must be an e-mail address such as name@example.org")
	}
	if s.URL && !validURL(text) {
		add(CodeURL, "must be an absolute http or https address")
	}
	if s.Pattern != "" {
		if re, err := compiled.get(s.Pattern); err != nil {
			add(CodePattern, "%v", err)
		} else if !re.MatchString(text) {
			add(CodePattern, "must match %s", s.Pattern)
		}
	}
	return faults
}

// checkNumber compares exactly: a float64 cannot tell large integers apart.
func (s Set) checkNumber(n *big.Float) []Fault {
	var faults []Fault
	bound := func(limit *float64, ok func(order int) bool, word string) {
		if limit != nil && !ok(n.Cmp(big.NewFloat(*limit))) {
			faults = append(faults, Fault{CodeOutOfRange, "must be " + word + " " + number(*limit)})
		}
	}
	bound(s.GT, func(order int) bool { return order > 0 }, "greater than")
	bound(s.GE, func(order int) bool { return order >= 0 }, "at least")
	bound(s.LT, func(order int) bool { return order < 0 }, "less than")
	bound(s.LE, func(order int) bool { return order <= 0 }, "at most")
	return faults
}

// validEmail accepts what one mailbox can be addressed with: no display name,
// no comments, no quotes, and a host name with a dot.
func validEmail(text string) bool {
	addr, err := mail.ParseAddress(text)
	if err != nil || addr.Address != text || strings.ContainsFunc(text, outsideAddress) {
		return false
	}
	at := strings.LastIndexByte(text, '@')
	return at <= 64 && validHost(text[at+1:])
}

// outsideAddress reports characters that net/mail accepts and no mailbox has.
func outsideAddress(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`"<>()`, r)
}

// validHost accepts labels of letters, digits and inner hyphens, at least two.
func validHost(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, outsideLabel) {
			return false
		}
	}
	return len(labels) > 1 && len(host) <= 253
}

// outsideLabel lets combining marks pass: names in many scripts need them.
func outsideLabel(r rune) bool {
	return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

func validURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
		!strings.ContainsAny(text, "<>\"") && !strings.ContainsFunc(text, unicode.IsSpace)
}

func characters(n int) string {
	if n == 1 {
		return "1 character"
	}
	return fmt.Sprintf("%d characters", n)
}
