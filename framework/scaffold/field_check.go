package scaffold

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/rule"
)

// Longest texts: what fits into a column and into an index on MySQL, where a
// character may take four bytes.
const (
	defaultLength = 255
	maxLine       = 16_000
	maxIndexed    = 768
)

// check returns what is wrong with the field, and the piece of its description
// to blame; "" if nothing is.
func (f *Field) check() (reason, piece string) {
	for _, check := range []func() (string, string){f.checkFlags, f.checkValues, f.checkBounds, f.checkDefault} {
		if reason, piece := check(); reason != "" {
			return reason, piece
		}
	}
	return "", ""
}

func (f *Field) checkFlags() (reason, piece string) {
	switch {
	case f.Unique && (!f.Type.indexed() || f.Type == Bool):
		return fmt.Sprintf("a field of type %s cannot be unique", f.Type), "unique"
	case f.Index && !f.Type.indexed():
		return fmt.Sprintf("a field of type %s cannot have an index", f.Type), "index"
	case f.Index && f.Unique:
		return "what is unique has an index already", "index"
	case f.Name == "password" && f.Type == String:
		return "a password is not stored as it is; write password:password", "password"
	case f.Hidden && f.ReadOnly:
		return "what is hidden is read-only already", "read-only"
	case f.Type == Password && (f.Hidden || f.ReadOnly || f.Optional && f.Name == "password"):
		return "a password is written and never shown, and the field password is never optional; leave the modifier out", ""
	case f.Optional && f.Default != nil && (f.Type == JSON || f.Type == List):
		return "an optional field of this type has no default", "?"
	default:
		return "", ""
	}
}

// checkValues looks at the words of an enum, which are names in Go and in
// GraphQL too.
func (f *Field) checkValues() (reason, piece string) {
	if f.Type != Enum {
		return "", ""
	}
	if len(f.Values) == 0 {
		return "an enum needs its values, as in enum(draft,published)", string(Enum)
	}
	seen := map[string]string{}
	for _, v := range f.Values {
		if err := checkLetters("enum value", v); err != nil {
			return strings.TrimPrefix(err.Error(), "scaffold: "), v
		}
		if len(v) > defaultLength {
			return "the value is too long", v
		}
		if slices.Contains([]string{"true", "false", "null"}, v) {
			return "GraphQL does not allow the value " + v, v
		}
		key := strings.ToLower(pascal(v))
		if other, ok := seen[key]; ok {
			return fmt.Sprintf("the values %s and %s are the same name in Go", other, v), v
		}
		seen[key] = v
	}
	return "", ""
}

func (f *Field) checkBounds() (reason, piece string) {
	for name, bound := range map[string]*string{"min": f.Min, "max": f.Max} {
		switch {
		case bound == nil:
		case f.Type.isNumber():
			if _, err := f.number(*bound); err != nil {
				return name + ": " + err.Error(), *bound
			}
		case f.Type.hasLength() || f.Type.isLine() && name == "max":
			if n, err := strconv.Atoi(*bound); err != nil || n < 0 || name == "max" && n < 1 || n > math.MaxInt32 {
				return name + " is a length: a whole number from 1", *bound
			}
		default:
			return fmt.Sprintf("a field of type %s has no %s", f.Type, name), name + "="
		}
	}
	if f.Min != nil && f.Max != nil && f.bound(f.Min).Cmp(f.bound(f.Max)) > 0 {
		return fmt.Sprintf("min %s is above max %s", *f.Min, *f.Max), *f.Min
	}
	if !f.Type.isLine() {
		return "", ""
	}
	length := f.length()
	switch {
	case f.Min != nil && f.Max == nil && f.bound(f.Min).Cmp(big.NewRat(int64(length), 1)) > 0:
		return fmt.Sprintf("min is above the greatest length, %d; give max= too", length), *f.Min
	case length > maxLine:
		return fmt.Sprintf("a text of one line has at most %d characters; use the type text", maxLine), *f.Max
	case (f.Unique || f.Index) && length > maxIndexed:
		return fmt.Sprintf("the databases index at most %d characters; give a smaller max", maxIndexed), *f.Max
	default:
		return "", ""
	}
}

// length is the greatest length of a text of one line.
func (f *Field) length() int {
	if f.Max != nil {
		n, _ := strconv.Atoi(*f.Max) // checked
		return n
	}
	if f.Type == URL {
		return 500
	}
	return defaultLength
}

// number reads a value of a numeric field as it is stored.
func (f *Field) number(text string) (*big.Rat, error) {
	n := new(big.Rat)
	// An exponent would make a short text a number of any size.
	plain := len(text) <= 40 && !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("+-.0123456789", r) })
	if !plain {
		return nil, fmt.Errorf("%q is not a number", text)
	}
	if _, ok := n.SetString(text); !ok {
		return nil, fmt.Errorf("%q is not a number", text)
	}
	if f.Type == Decimal {
		n.Mul(n, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.Scale)), nil)))
		if !n.IsInt() {
			return nil, fmt.Errorf("%q has more than %d digits behind the point", text, f.Scale)
		}
	}
	if f.Type == Float {
		return n, nil
	}
	if !n.IsInt() || !n.Num().IsInt64() {
		return nil, fmt.Errorf("%q is not a whole number of 64 bits", text)
	}
	// Rules keep their bounds as float64.
	if exact := new(big.Rat); exact.SetFloat64(ratFloat(n)) == nil || exact.Cmp(n) != 0 {
		return nil, fmt.Errorf("%q is too large to be kept exactly", text)
	}
	return n, nil
}

func ratFloat(n *big.Rat) float64 {
	v, _ := n.Float64()
	return v
}

// bound is a bound as a number; it was checked.
func (f *Field) bound(text *string) *big.Rat {
	if f.Type.isNumber() {
		if n, err := f.number(*text); err == nil {
			return n
		}
	}
	n, _ := strconv.ParseInt(*text, 10, 64)
	return big.NewRat(n, 1)
}

func (f *Field) checkDefault() (reason, piece string) {
	if f.Default == nil {
		return "", ""
	}
	if err := f.readDefault(*f.Default); err != "" {
		return err, *f.Default
	}
	if f.Unique && f.Type != UUID {
		return "what is unique cannot have a default: the second row would collide with the first", *f.Default
	}
	return "", ""
}

func (f *Field) readDefault(value string) string {
	switch f.Type {
	case String, Text, Email, URL, Slug:
		if faults := f.rules().Check(value); len(faults) > 0 {
			return "the default " + faults[0].Message
		}
	case Int, Float, Decimal:
		n, err := f.number(value)
		if err != nil {
			return "default: " + err.Error()
		}
		if f.Min != nil && n.Cmp(f.bound(f.Min)) < 0 || f.Max != nil && n.Cmp(f.bound(f.Max)) > 0 {
			return "the default lies outside of min and max"
		}
	case Bool:
		if value != "true" && value != "false" {
			return "the default of a bool is true or false"
		}
	case Time:
		if _, err := time.Parse(time.RFC3339, value); err != nil && value != "now" {
			return `the default of a time is now, or an instant in quotes as "2026-01-31T12:00:00Z"`
		}
	case Date:
		if _, err := time.Parse(time.DateOnly, value); err != nil && value != "today" {
			return "the default of a date is today, or a day as 2026-01-31"
		}
	case Enum:
		if !slices.Contains(f.Values, value) {
			return "the default is not one of the values: " + strings.Join(f.Values, ", ")
		}
	case UUID:
		if _, err := uuid.Parse(value); err != nil && value != "random" && value != "v7" {
			return "the default of a uuid is random, v7 or a UUID"
		}
	default:
		return fmt.Sprintf("a field of type %s has no default", f.Type)
	}
	return ""
}

// rules are the framework's rules of a text field.
func (f *Field) rules() rule.Set {
	set := rule.Set{}
	for _, r := range f.ruleCalls() {
		set = set.Merge(r.set).(rule.Set)
	}
	return set
}
