package rule_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/rule"
)

// Whatever the text is: no panic, normalising twice is normalising once, and
// what passes holds the promises of the rules.
//
// Covers: B08, B31.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a@b.co", `"a b"@c.org`, "a@b.co\n", "日本語", "\xff", "\x00", "http://[::1", "https://a.b", " İ ", "a@[1.2.3.4]"} {
		f.Add(seed)
	}
	email := rule.Email().Merge(rule.MaxLength(255)).(rule.Set)
	f.Fuzz(func(t *testing.T, text string) {
		stored := email.Normalize(text)
		require.Equal(t, stored, email.Normalize(stored))
		if len(email.Check(stored)) == 0 {
			require.True(t, utf8.ValidString(stored))
			require.LessOrEqual(t, utf8.RuneCountInString(stored), 255)
			require.Equal(t, 1, strings.Count(stored, "@"))
			require.Contains(t, stored[strings.IndexByte(stored, '@'):], ".", "the CHECK constraint must hold as well")
			require.NotContains(t, stored, "\n")
		}
		if len(rule.URL().Check(text)) == 0 {
			require.True(t, strings.HasPrefix(strings.ToLower(text), "http"), text)
		}
		long := len(rule.MaxLength(3).Check(text)) > 0
		require.Equal(t, !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > 3, long)
	})
}
