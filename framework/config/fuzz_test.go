package config_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// marker is a piece of a password that cannot be in a message by chance.
const marker = "Zq7hunterZq7"

// Covers: A10, A11, A21.
func FuzzParseURL(f *testing.F) {
	for _, seed := range [][]string{
		{"postgres", "user", "", "", "host:5432", "name", "sslmode=require"},
		{"mysql+pymysql", "u@x", "@:/", "#?%", "[::1]", "d", "tls=true&charset=utf8mb4"},
		{"postgres", "u", "1/", "@h/d?", "unix(/s)", "d", "a=1&a=2"},
		{"sqlite", "", "", "", "", "app.db", "_pragma=x(1)"},
		{"sqlserver", "u", "%", "%zz", "h,i", "a/b", "driver=pq"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], seed[5], seed[6])
	}
	f.Fuzz(func(t *testing.T, scheme, user, before, after, host, name, query string) {
		if strings.Contains(scheme+user+host+name+query, marker) {
			t.Skip()
		}
		password := before + marker + after

		// As a person would paste it: whatever comes of it, no error shows it.
		pasted := scheme + "://" + user + ":" + password + "@" + host + "/" + name + "?" + query
		if u, err := config.ParseURL(pasted, "/root"); err != nil {
			require.NotContains(t, err.Error(), marker)
		} else {
			roundTrip(t, u)
			if u.Dialect != config.SQLite && strings.Contains(u.Password.Reveal(), marker) {
				require.NotContains(t, fmt.Sprintf("%v %+v %#v", u, u, u), marker)
			}
		}

		// Encoded as it should be: the password arrives whole.
		encoded := "postgres://" + url.UserPassword("u", password).String() + "@h/d"
		u, err := config.ParseURL(encoded, "/root")
		if strings.ContainsRune(password, 0) {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		require.Equal(t, password, u.Password.Reveal())
		roundTrip(t, u)
	})
}

func roundTrip(t *testing.T, u config.URL) {
	t.Helper()
	again, err := config.ParseURL(u.Reveal(), "/elsewhere")
	require.NoError(t, err, u.Reveal())
	require.Equal(t, parts(u), parts(again))
}

// Covers: A15.
func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"", "$", "$$", "$x", "${", "${X}", "${X:-a}", "${X-a}", "${N:-${X:-b}}", "a${X}b$$c", "${X:", "${}", "$${X}"} {
		f.Add(seed, "value ${X} $$")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		lookup := func(name string) (string, bool) { return value, name == "X" }
		got, vars, unset, err := config.Expand(text, lookup)
		if err != nil {
			require.NotContains(t, err.Error(), marker)
			return
		}
		if !strings.Contains(text, "$") {
			require.Equal(t, text, got)
		}
		if !strings.Contains(text, "${") {
			require.Empty(t, vars)
			require.Equal(t, strings.ReplaceAll(text, "$$", "$"), got)
		}
		require.NotContains(t, unset, "X", "X has a value")
		// What a variable holds is taken as it is, and once.
		literal := strings.NewReplacer("$", "$$").Replace(text)
		got, _, _, err = config.Expand(literal+"${X}", lookup)
		require.NoError(t, err)
		require.Equal(t, text+value, got)
	})
}
