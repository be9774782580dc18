package rule_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/rule"
)

// codes lists the codes of the rules that v breaks.
func codes(s rule.Set, v any) []string {
	var list []string
	for _, fault := range s.Check(v) {
		list = append(list, fault.Code)
	}
	return list
}

// Lengths are those of characters, whatever their bytes, and blank text is
// told apart from short text.
//
// Covers: B05, B08, B09.
func TestLength(t *testing.T) {
	t.Parallel()
	s := rule.Length(3, 5)
	for text, want := range map[string][]string{
		"":          {rule.CodeTooShort},
		"ab":        {rule.CodeTooShort},
		"abc":       nil,
		"abcde":     nil,
		"abcdef":    {rule.CodeTooLong},
		"éé":        {rule.CodeTooShort}, // 4 bytes
		"日本語日本":     nil,                 // 15 bytes
		"日本語日本語":    {rule.CodeTooLong},
		"👩🏽":        {rule.CodeTooShort}, // two code points
		"   ":       nil,                 // nobody asked for more than three characters
		"\xff\xfe":  {rule.CodeEncoding},
		"ab\x00":    {rule.CodeEncoding},
		"abc\x00de": {rule.CodeEncoding, rule.CodeTooLong},
	} {
		require.Equal(t, want, codes(s, text), "%q", text)
	}
	require.Equal(t, "must have at most 5 characters, has 6", s.Check("abcdef")[0].Message)
	require.Equal(t, "must have at least 1 character", rule.MinLength(1).Check("")[0].Message)
	require.Empty(t, rule.MaxLength(0).Check(""))
	require.Equal(t, []string{rule.CodeTooLong}, codes(rule.MaxLength(0), "x"))

	blank := rule.NotBlank().Merge(rule.MinLength(1)).(rule.Set)
	for _, text := range []string{"", " ", "\t\n", "\u00a0\u2003"} {
		require.Equal(t, []string{rule.CodeBlank}, codes(blank, text), "%q", text)
	}
	require.Empty(t, blank.Check(" x "))
}

// Covers: B10, B11, B12, B13.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule string
		set  rule.Set
		ok   []any
		bad  []any
	}{
		{"gt", rule.GT(0), []any{1, int64(math.MaxInt64), uint8(1), 0.001, float32(1), math.SmallestNonzeroFloat64}, []any{0, 0.0, math.Copysign(0, -1), -1, int64(math.MinInt64)}},
		{"ge", rule.GE(0), []any{0, 0.0, uint64(math.MaxUint64)}, []any{-1, -0.0001}},
		{"lt", rule.LT(10), []any{9, 9.999, -1}, []any{10, 10.0, uint(11)}},
		{"le", rule.LE(10), []any{10, 10.0}, []any{11, 10.0001}},
		{"between", rule.Between(1, 5), []any{1, 5, int32(3)}, []any{0, 6}},
		// One above 2^53, which a float64 cannot tell from 2^53.
		{"exact", rule.LE(1 << 53), []any{int64(1 << 53)}, []any{int64(1<<53 + 1), uint64(1<<53 + 1)}},
	} {
		for _, v := range c.ok {
			require.Empty(t, c.set.Check(v), "%s %v", c.rule, v)
		}
		for _, v := range c.bad {
			require.Equal(t, []string{rule.CodeOutOfRange}, codes(c.set, v), "%s %v", c.rule, v)
		}
	}
	for _, v := range []any{math.NaN(), math.Inf(1), math.Inf(-1), float32(math.Inf(1))} {
		require.Equal(t, []string{rule.CodeNotFinite}, codes(rule.Set{}, v), "without a rule too: %v", v)
	}
	require.Equal(t, "must be greater than 0", rule.GT(0).Check(0)[0].Message)
	require.Equal(t, "must be at most 10000000", rule.LE(1e7).Check(1e8)[0].Message)
}

// One validator serves all entities.
//
// Covers: B31, B53.
func TestEmail(t *testing.T) {
	t.Parallel()
	local64 := strings.Repeat("a", 64)
	for _, text := range []string{
		"a@b.co", "first.last+tag@sub.example.org", "o'brien@example.org", local64 + "@example.org",
		"δοκιμή@παράδειγμα.gr", "x@xn--nxasmq6b.example", "1@2.org", "a@b-c.org", "विजय@उदाहरण.भारत",
	} {
		require.Empty(t, rule.Email().Check(text), "%q", text)
	}
	for _, text := range []string{
		"", "@", "a", "a@", "@b.co", "a@b", "a b@c .d", "a@b.co\n", "a@b.co ", "\na@b.co", "a@b.co\r\nBcc: c@d.org",
		`"a b"@c.org`, `"ab"@c.org`, "A <a@b.co>", "<a@b.co>", "a@b.co (comment)", "a@b.co, c@d.org", "a@@b.co",
		"a..b@c.org", ".a@b.co", "a.@b.co", "a@.co", "a@b.", "a@b..co", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@-b.co",
		"a@b-.co", "a@b!.co", "a@b_c.co", "a\u00a0b@c.org", "a@c\u2028.org", "a\x01@b.co",
		local64 + "a@example.org", "a@" + strings.Repeat("b", 64) + ".org", "a@" + strings.Repeat("b.", 150) + "org",
		strings.Repeat("a", 100_000) + "@b.co", strings.Repeat("@", 100_000),
	} {
		require.Equal(t, []string{rule.CodeEmail}, codes(rule.Email(), text), "%.50q", text)
	}
	require.Contains(t, codes(rule.Email(), "a@b.co\x00"), rule.CodeEncoding)
}

func TestURL(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"http://a.b", "https://example.org/x?y=z#f", "https://user@host:8080/", "HTTPS://A.B", "http://[::1]/", "http://localhost"} {
		require.Empty(t, rule.URL().Check(text), "%q", text)
	}
	for _, text := range []string{
		"", "example.org", "//example.org", "/x", "ftp://a.b", "javascript:alert(1)", "data:text/html,x", "http://", "http:///x",
		"http://:80", "https://a.b/ x", "https://a.b/\n", "https://a.b/<script>", "https://a.b/\"", "http://a.b/\u00a0", "http:a.b", "http://a b",
	} {
		require.Equal(t, []string{rule.CodeURL}, codes(rule.URL(), text), "%q", text)
	}
}

// RE2 without (?m) anchors at the ends of the text, not of a line.
//
// Covers: B31, B32.
func TestPattern(t *testing.T) {
	t.Parallel()
	s := rule.Pattern(`^(active|inactive|pending)$`)
	require.Empty(t, s.Check("active"))
	for _, text := range []string{"active\n", "x\nactive", "Active", "actives", ""} {
		require.Equal(t, []string{rule.CodePattern}, codes(s, text), "%q", text)
	}
	broken := rule.Pattern(`(`).Check("x")
	require.Len(t, broken, 1, "a pattern that does not compile refuses everything")
	require.Contains(t, broken[0].Message, "cannot compile pattern")
}

// Every broken rule is reported, not only the first.
//
// Covers: B50.
func TestCheckReportsAll(t *testing.T) {
	t.Parallel()
	s := rule.Email().Merge(rule.Length(3, 5)).(rule.Set).Merge(rule.Pattern(`\A[a-z]+\z`)).(rule.Set)
	require.Equal(t, []string{rule.CodeTooLong, rule.CodeEmail, rule.CodePattern}, codes(s, "NOT-AN-ADDRESS"))
	require.Equal(t, []string{rule.CodeOutOfRange, rule.CodeOutOfRange}, codes(rule.GT(5).Merge(rule.LE(1)).(rule.Set), 3))
}

// Covers: B06.
func TestCheckKinds(t *testing.T) {
	t.Parallel()
	type status string
	var none *string
	text := "abc"
	pointer := &text
	s := rule.MaxLength(2)
	require.Empty(t, s.Check(nil))
	require.Empty(t, s.Check(none), "null breaks no rule")
	require.Equal(t, []string{rule.CodeTooLong}, codes(s, &text))
	require.Equal(t, []string{rule.CodeTooLong}, codes(s, &pointer))
	require.Equal(t, []string{rule.CodeTooLong}, codes(s, status("abc")))
	require.Empty(t, s.Check(true))
	require.Empty(t, s.Check([]string{"abc"}))
}

// Covers: B09, B52.
func TestNormalize(t *testing.T) {
	t.Parallel()
	require.Equal(t, " Bob ", rule.Set{}.Normalize(" Bob "))
	require.Equal(t, "Bob", rule.Trim().Normalize("\u00a0\t Bob\n"))
	require.Equal(t, " bob ", rule.Lower().Normalize(" Bob "))
	require.Equal(t, "bob@example.org", rule.Email().Normalize(" Bob@Example.ORG\n"))
	require.Equal(t, "https://A.b", rule.URL().Normalize(" https://A.b "), "paths tell cases apart")
	require.Equal(t, "straße ärger", rule.Lower().Normalize("STRAßE ÄRGER"))
	for _, text := range []string{" İ ", "ΑΣ", "ǅ", "\xff X"} {
		once := rule.Email().Normalize(text)
		require.Equal(t, once, rule.Email().Normalize(once), "%q", text)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	merge := func(sets ...rule.Set) rule.Set {
		out := rule.Set{}
		for _, s := range sets {
			out = out.Merge(s).(rule.Set)
		}
		return out
	}
	require.True(t, rule.Set{}.Empty())
	require.True(t, merge().Empty())
	require.False(t, rule.MinLength(0).Empty())

	all := merge(rule.Length(1, 10), rule.GT(1), rule.GE(2), rule.LT(9), rule.LE(8), rule.Pattern("x"), rule.Email(), rule.URL(), rule.NotBlank(), rule.Lower())
	require.Equal(t, all, merge(all, rule.Set{}), "nothing takes nothing away")
	require.Equal(t, all, merge(rule.Set{}, all), "everything is taken over")
	later := merge(all, rule.MaxLength(3), rule.Pattern("y"))
	require.Equal(t, 1, *later.MinLen)
	require.Equal(t, 3, *later.MaxLen)
	require.Equal(t, "y", later.Pattern)
	require.Equal(t, 10, *all.MaxLen, "merging changes no operand")

	pointer := rule.Trim()
	require.Equal(t, rule.Trim(), rule.Set{}.Merge(&pointer))
	require.Equal(t, rule.Trim(), rule.Trim().Merge(otherAnnotation{}), "what is no rule is left alone")

	raw, err := json.Marshal(all)
	require.NoError(t, err)
	var back rule.Set
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, all, back, "the generator reads rules through JSON")
	require.Equal(t, rule.AnnotationName, field.String("x").Annotations(rule.Trim()).Descriptor().Annotations[0].Name())
}

type otherAnnotation struct{}

func (otherAnnotation) Name() string { return "Other" }

// Covers: B10, B11, B12, B13, B36, B37.
func TestChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set  rule.Set
		want map[string]string
	}{
		{rule.Set{}, map[string]string{}},
		{rule.Length(3, 100), map[string]string{"ck_users_x_length": "length(x) >= 3"}},
		{rule.MinLength(0), map[string]string{}},
		{rule.Email(), map[string]string{"ck_users_x_format": "x LIKE '%@%.%'"}},
		{rule.GT(0), map[string]string{"ck_users_x_range": "x > 0"}},
		{rule.GE(-1.5), map[string]string{"ck_users_x_range": "x >= -1.5"}},
		{rule.LT(1e21), map[string]string{"ck_users_x_range": "x < 1000000000000000000000"}},
		{rule.Between(1, 5), map[string]string{"ck_users_x_range": "x >= 1 AND x <= 5"}},
		{rule.GT(0).Merge(rule.GE(5)).(rule.Set).Merge(rule.LT(9)).(rule.Set), map[string]string{"ck_users_x_range": "x > 0 AND x >= 5 AND x < 9"}},
	} {
		require.Equal(t, c.want, c.set.Checks("users", "x"))
	}
}
