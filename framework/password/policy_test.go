package password_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/rule"
)

func codes(faults []rule.Fault) []string {
	var list []string
	for _, f := range faults {
		list = append(list, f.Code)
	}
	return list
}

// Covers: B44.
func TestCheck(t *testing.T) {
	t.Parallel()
	for plain, want := range map[string][]string{
		"":                                 {rule.CodeTooShort},
		"1234567":                          {rule.CodeTooShort},
		"aaa":                              {rule.CodeTooShort, password.CodeTooCommon},
		"aaaaaaaa":                         {password.CodeTooCommon},
		"éééééééé":                         {password.CodeTooCommon},
		"password":                         {password.CodeTooCommon},
		"PassWord123":                      {password.CodeTooCommon},
		"no digits needed":                 nil,
		"日本語日本語日":                          {rule.CodeTooShort},
		"日本語日本語日本":                         nil,
		"        ":                         {password.CodeTooCommon},
		"tab\tand space ":                  nil,
		"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8": {rule.CodeEncoding},
		strings.Repeat("ab", 512):          nil,
		strings.Repeat("ab", 512) + "c":    {rule.CodeTooLong},
	} {
		require.Equal(t, want, codes(password.Check(plain)), "%.40q", plain)
	}
}

// Covers: B44.
func TestPolicy(t *testing.T) {
	t.Parallel()
	policy := password.Policy{MinLength: 12, MaxLength: 20, Deny: []string{"Framefox for Go"}}
	for plain, want := range map[string][]string{
		"eleven char":           {rule.CodeTooShort},
		"twelve chars":          nil,
		"FRAMEFOX FOR GO":       {password.CodeTooCommon},
		"administrator":         {password.CodeTooCommon},
		"twenty-one characters": {rule.CodeTooLong},
		password.Unusable:       nil,
	} {
		require.Equal(t, want, codes(policy.Check(plain)), plain)
	}
}
