package scaffold

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/rule"
)

// Import paths that schemas use.
const (
	pkgEnt     = "entgo.io/ent"
	pkgDialect = "entgo.io/ent/dialect"
	pkgEntSQL  = "entgo.io/ent/dialect/entsql"
	pkgSchema  = "entgo.io/ent/schema"
	pkgEdge    = "entgo.io/ent/schema/edge"
	pkgField   = "entgo.io/ent/schema/field"
	pkgIndex   = "entgo.io/ent/schema/index"
	pkgUUID    = "github.com/google/uuid"
	pkgTime    = "time"

	framework = "github.com/framefox-go/framefox/framework/"
	pkgEntity = framework + "entity"
	pkgExpose = framework + "expose"
	pkgMixin  = framework + "mixin"
	pkgRule   = framework + "rule"
)

// snippet is an expression of a schema and the packages that it needs, which it
// names by the last element of their paths.
type snippet struct {
	name     string // of the field, edge or index; what edits look for
	code     string
	packages []string
}

// ruleCall is a rule, and the Go that gives it.
type ruleCall struct {
	code string
	set  rule.Set
}

// ruleCalls are the rules of the field.
func (f *Field) ruleCalls() []ruleCall {
	call := func(code string, set rule.Set) ruleCall { return ruleCall{"rule." + code, set} }
	trim, lower := call("Trim()", rule.Trim()), call("Lower()", rule.Lower())
	atMost := func(n int) ruleCall { return call(fmt.Sprintf("MaxLength(%d)", n), rule.MaxLength(n)) }
	between := func(low, high int) ruleCall {
		if low == 0 {
			return atMost(high)
		}
		return call(fmt.Sprintf("Length(%d, %d)", low, high), rule.Length(low, high))
	}
	switch f.Type {
	case String:
		low := 0
		if f.Min != nil {
			low, _ = strconv.Atoi(*f.Min) // checked
		} else if !f.Optional && f.Default == nil {
			low = 1 // what must be given is not empty
		}
		if f.Sensitive { // a secret is taken as it is
			return []ruleCall{between(low, f.length())}
		}
		return []ruleCall{trim, between(low, f.length())}
	case Text:
		return f.textRules()
	case Email:
		return []ruleCall{call("Email()", rule.Email()), atMost(f.length())}
	case URL:
		return []ruleCall{call("URL()", rule.URL()), atMost(f.length())}
	case Slug:
		const words = `\A[a-z0-9]+(-[a-z0-9]+)*\z`
		return []ruleCall{trim, lower, between(1, f.length()), call("Pattern(`"+words+"`)", rule.Pattern(words))}
	case Int, Float, Decimal:
		return f.numberRules()
	default:
		return nil
	}
}

func (f *Field) textRules() []ruleCall {
	length := func(text *string) int {
		n, _ := strconv.Atoi(*text) // checked
		return n
	}
	switch {
	case f.Min != nil && f.Max != nil:
		low, high := length(f.Min), length(f.Max)
		return []ruleCall{{fmt.Sprintf("rule.Length(%d, %d)", low, high), rule.Length(low, high)}}
	case f.Min != nil:
		return []ruleCall{{fmt.Sprintf("rule.MinLength(%d)", length(f.Min)), rule.MinLength(length(f.Min))}}
	case f.Max != nil:
		return []ruleCall{{fmt.Sprintf("rule.MaxLength(%d)", length(f.Max)), rule.MaxLength(length(f.Max))}}
	case !f.Optional && f.Default == nil:
		return []ruleCall{{"rule.NotBlank()", rule.NotBlank()}}
	default:
		return nil
	}
}

func (f *Field) numberRules() []ruleCall {
	low, high := "", ""
	if f.Min != nil {
		low = f.numberCode(*f.Min)
	}
	if f.Max != nil {
		high = f.numberCode(*f.Max)
	}
	switch {
	case low != "" && high != "":
		return []ruleCall{{code: "rule.Between(" + low + ", " + high + ")"}}
	case low != "":
		return []ruleCall{{code: "rule.GE(" + low + ")"}}
	case high != "":
		return []ruleCall{{code: "rule.LE(" + high + ")"}}
	default:
		return nil
	}
}

// numberCode writes a checked value as Go.
func (f *Field) numberCode(text string) string {
	n, err := f.number(text)
	if err != nil {
		n = new(big.Rat)
	}
	if n.IsInt() {
		return n.Num().String()
	}
	return strings.TrimPrefix(text, "+")
}

// snippet writes the field as Go.
func (f *Field) snippet() snippet {
	s := snippet{name: f.Name, packages: []string{pkgField}}
	uses := func(path string) { s.packages = append(s.packages, path) }
	code := f.constructor(uses)
	if f.Optional {
		code += ".Optional()"
		if f.Type != JSON && f.Type != List {
			code += ".Nillable()"
		}
	}
	if f.Unique {
		code += ".Unique()"
	}
	if f.Sensitive || f.Type == Password {
		code += ".Sensitive()"
	}
	if value := f.defaultCode(uses); strings.HasPrefix(value, "func") {
		code += ".\nDefault(" + value + ")"
	} else if value != "" {
		code += ".Default(" + value + ")"
	}
	if f.Immutable {
		code += ".Immutable()"
	}
	if f.Type == Date {
		uses(pkgDialect)
		code += ".\nSchemaType(map[string]string{dialect.SQLite: \"date\", dialect.Postgres: \"date\", dialect.MySQL: \"date\"})"
	}
	if annotations := f.annotations(uses); len(annotations) > 0 {
		code += ".\nAnnotations(" + strings.Join(annotations, ", ") + ")"
	}
	if comment := f.comment(); comment != "" {
		code += ".\nComment(" + strconv.Quote(comment) + ")"
	}
	s.code = code
	return s
}

func (f *Field) constructor(uses func(string)) string {
	name := strconv.Quote(f.Name)
	switch f.Type {
	case Text:
		return "field.Text(" + name + ")"
	case Int, Decimal:
		return "field.Int64(" + name + ")"
	case Float:
		return "field.Float(" + name + ")"
	case Bool:
		return "field.Bool(" + name + ")"
	case Time, Date:
		return "field.Time(" + name + ")"
	case JSON:
		return "field.JSON(" + name + ", map[string]any{})"
	case List:
		return "field.JSON(" + name + ", []string{})"
	case UUID:
		uses(pkgUUID)
		return "field.UUID(" + name + ", uuid.UUID{})"
	case Enum:
		quoted := make([]string, len(f.Values))
		for i, v := range f.Values {
			quoted[i] = strconv.Quote(v)
		}
		return "field.Enum(" + name + ").Values(" + strings.Join(quoted, ", ") + ")"
	case Bytes:
		code := "field.Bytes(" + name + ")"
		if f.Max != nil {
			code += ".MaxLen(" + *f.Max + ")"
		}
		if f.Min != nil {
			code += ".MinLen(" + *f.Min + ")"
		}
		return code
	default:
		return "field.String(" + name + ")"
	}
}

// defaultCode is the argument of Default, or "".
func (f *Field) defaultCode(uses func(string)) string {
	if f.Default == nil {
		switch {
		case f.Optional:
			return ""
		case f.Type == Bool:
			return "false"
		case f.Type == JSON:
			return "func() map[string]any { return map[string]any{} }"
		case f.Type == List:
			return "func() []string { return []string{} }"
		default:
			return ""
		}
	}
	value := *f.Default
	switch f.Type {
	case Int, Float, Decimal:
		return f.numberCode(value)
	case Bool:
		return value
	case Time:
		return f.instantCode(value, "now", time.RFC3339, uses)
	case Date:
		return f.instantCode(value, "today", time.DateOnly, uses)
	case UUID:
		switch value {
		case "random":
			return "uuid.New"
		case "v7":
			uses(pkgMixin)
			return "mixin.NewUUID"
		default:
			return "func() uuid.UUID { return uuid.MustParse(" + strconv.Quote(value) + ") }"
		}
	case Enum:
		return strconv.Quote(value)
	default:
		return strconv.Quote(f.rules().Normalize(value))
	}
}

// required reports whether a row cannot be made without a value of the field.
func (f *Field) required() bool { return !f.Optional && f.defaultCode(func(string) {}) == "" }

// instantCode is the default of a time: the present, by its word, or a
// constant.
func (f *Field) instantCode(value, word, layout string, uses func(string)) string {
	if value == word {
		uses(pkgMixin)
		if f.Type == Time {
			return "mixin.Now"
		}
		uses(pkgTime)
		return "func() time.Time { return mixin.Now().Truncate(24 * time.Hour) }"
	}
	uses(pkgTime)
	t, _ := time.Parse(layout, value) // checked
	t = t.UTC()
	return fmt.Sprintf("func() time.Time { return time.Date(%d, %d, %d, %d, %d, %d, %d, time.UTC) }",
		t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond())
}

func (f *Field) annotations(uses func(string)) []string {
	var list []string
	add := func(path, code string) {
		uses(path)
		list = append(list, code)
	}
	for _, r := range f.ruleCalls() {
		add(pkgRule, r.code)
	}
	switch f.Type {
	case Password:
		add(pkgEntity, "entity.PasswordTrait")
		add(pkgEntSQL, "entsql.Annotation{Size: 255}")
	case Date:
		add(pkgEntity, "entity.DateTrait")
	default:
	}
	if f.Hidden {
		add(pkgExpose, "expose.Hidden()")
	}
	if f.ReadOnly {
		add(pkgExpose, "expose.ReadOnly()")
	}
	return list
}

// comment is what is said of the field, or what its type asks to be said.
func (f *Field) comment() string {
	if f.Comment != "" {
		return f.Comment
	}
	switch f.Type {
	case Decimal:
		if f.Scale == 0 {
			return ""
		}
		unit := "1" + strings.Repeat("0", f.Scale)
		return fmt.Sprintf("In units of 1/%s: %s is 1.", unit, unit)
	case Email:
		return "E-mail address, stored in lower case."
	case Slug:
		return "Name in addresses: lower-case letters, digits and single hyphens."
	case Password:
		return "Argon2id hash; plain text is taken on write and hashed."
	default:
		return ""
	}
}
