// Package rule declares what values a field of an Ent schema may hold.
//
// Rules are annotations: data that the generator reads, so one declaration
// gives the validation of every write, the size and the CHECK constraint of
// the column, and the description in the GraphQL schema.
//
//	field.String("username").
//		Annotations(rule.Trim(), rule.Length(3, 100))
//	field.Int64("price").
//		Annotations(rule.GT(0))
//
// Lengths count characters (runes), never bytes. Rules that Ent itself offers
// (Positive, Match, Validate …) hold too and are reported together with these.
package rule

import (
	"entgo.io/ent/schema"
)

// AnnotationName is the key under which a schema carries its rules.
const AnnotationName = "FramefoxRules"

// Set is the rules of one field. The zero value allows everything.
type Set struct {
	MinLen   *int     `json:"min_len,omitempty"` // in characters
	MaxLen   *int     `json:"max_len,omitempty"` // in characters
	GT       *float64 `json:"gt,omitempty"`
	GE       *float64 `json:"ge,omitempty"`
	LT       *float64 `json:"lt,omitempty"`
	LE       *float64 `json:"le,omitempty"`
	Pattern  string   `json:"pattern,omitempty"` // RE2, anchored by the author
	Email    bool     `json:"email,omitempty"`
	URL      bool     `json:"url,omitempty"`
	NotBlank bool     `json:"not_blank,omitempty"`
	Trim     bool     `json:"trim,omitempty"`  // normalisation: white space around is cut
	Lower    bool     `json:"lower,omitempty"` // normalisation: stored in lower case
}

// Name implements schema.Annotation.
func (Set) Name() string { return AnnotationName }

// Merge implements schema.Merger: rules of several annotations add up, the
// later one wins where two speak of the same bound.
func (s Set) Merge(other schema.Annotation) schema.Annotation {
	var o Set
	switch v := other.(type) {
	case Set:
		o = v
	case *Set:
		o = *v
	default:
		return s
	}
	pick(&s.MinLen, o.MinLen)
	pick(&s.MaxLen, o.MaxLen)
	pick(&s.GT, o.GT)
	pick(&s.GE, o.GE)
	pick(&s.LT, o.LT)
	pick(&s.LE, o.LE)
	if o.Pattern != "" {
		s.Pattern = o.Pattern
	}
	s.Email = s.Email || o.Email
	s.URL = s.URL || o.URL
	s.NotBlank = s.NotBlank || o.NotBlank
	s.Trim = s.Trim || o.Trim
	s.Lower = s.Lower || o.Lower
	return s
}

func pick[T any](dst **T, v *T) {
	if v != nil {
		*dst = v
	}
}

// Empty reports whether the set has no rule at all.
func (s Set) Empty() bool { return s == Set{} }

// Length asks for at least low and at most high characters.
func Length(low, high int) Set { return Set{MinLen: &low, MaxLen: &high} }

// MinLength asks for at least n characters.
func MinLength(n int) Set { return Set{MinLen: &n} }

// MaxLength allows at most n characters; it also sizes the column.
func MaxLength(n int) Set { return Set{MaxLen: &n} }

// NotBlank refuses text that is empty or white space only.
func NotBlank() Set { return Set{NotBlank: true} }

// GT asks for a number above n. NaN and the infinities are always refused.
func GT(n float64) Set { return Set{GT: &n} }

// GE asks for a number of at least n.
func GE(n float64) Set { return Set{GE: &n} }

// LT asks for a number below n.
func LT(n float64) Set { return Set{LT: &n} }

// LE asks for a number of at most n.
func LE(n float64) Set { return Set{LE: &n} }

// Between asks for a number from low to high, both allowed.
func Between(low, high float64) Set { return Set{GE: &low, LE: &high} }

// Pattern asks for text that the RE2 expression matches; anchor it with \A
// and \z where the whole text is meant.
func Pattern(expr string) Set { return Set{Pattern: expr} }

// Email asks for one plain e-mail address with a dotted domain. The address
// is stored trimmed and in lower case, so that uniqueness ignores case.
func Email() Set { return Set{Email: true, Trim: true, Lower: true} }

// URL asks for an absolute http or https address.
func URL() Set { return Set{URL: true, Trim: true} }

// Trim cuts white space around the text before it is checked and stored.
func Trim() Set { return Set{Trim: true} }

// Lower stores the text in lower case.
func Lower() Set { return Set{Lower: true} }
