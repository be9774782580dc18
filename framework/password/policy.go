package password

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/framefox-go/framefox/framework/rule"
)

// Lengths that a password may have unless a Policy says otherwise, in
// characters.
const (
	MinLength = 8
	MaxLength = 1024
)

// CodeTooCommon is the code of a password that attackers try first.
const CodeTooCommon = "too_common"

// Policy is what a new password has to be. Length counts and common passwords
// are refused; which kinds of characters it is made of does not matter, as NIST
// SP 800-63B advises. The zero value has the defaults.
type Policy struct {
	MinLength int      // in characters; 8 by default
	MaxLength int      // in characters; 1024 by default
	Deny      []string // refused besides the common ones, whatever their case
}

// Check returns the rules of the default policy that a new password breaks.
// Unusable breaks none.
func Check(plain string) []rule.Fault { return Policy{}.Check(plain) }

// Check returns the rules that a new password breaks: too short, too long, or
// one of those that attackers try first. Unusable breaks none.
func (p Policy) Check(plain string) []rule.Fault {
	if plain == Unusable {
		return nil
	}
	if p.MinLength == 0 {
		p.MinLength = MinLength
	}
	if p.MaxLength == 0 {
		p.MaxLength = MaxLength
	}
	faults := rule.Length(p.MinLength, p.MaxLength).Check(plain)
	if p.denies(plain) {
		faults = append(faults, rule.Fault{Code: CodeTooCommon, Message: "is one of the passwords that attackers try first"})
	}
	return faults
}

func (p Policy) denies(plain string) bool {
	same := func(denied string) bool { return strings.EqualFold(plain, denied) }
	return common[strings.ToLower(plain)] || slices.ContainsFunc(p.Deny, same) || repeats(plain)
}

// repeats reports one character over and over.
func repeats(plain string) bool {
	first, size := utf8.DecodeRuneInString(plain)
	return first != utf8.RuneError && len(plain) > size && strings.Trim(plain, string(first)) == ""
}

// common holds the passwords of eight and more characters that head the
// published lists of leaked ones.
//
//nolint:gochecknoglobals // a constant table
var common = map[string]bool{
	"password": true, "12345678": true, "123456789": true, "1234567890": true, "qwertyuiop": true,
	"password1": true, "password123": true, "qwerty123": true, "1q2w3e4r": true, "1q2w3e4r5t": true,
	"iloveyou": true, "sunshine": true, "princess": true, "football": true, "baseball": true,
	"superman": true, "trustno1": true, "letmein1": true, "welcome1": true, "passw0rd": true,
	"p@ssw0rd": true, "abcd1234": true, "1qaz2wsx": true, "asdfghjkl": true, "qwertyui": true,
	"87654321": true, "987654321": true, "computer": true, "whatever": true, "starwars": true,
	"michelle": true, "jennifer": true, "corvette": true, "mercedes": true, "changeme": true,
	"administrator": true, "admin123": true, "zaq12wsx": true, "q1w2e3r4": true, "123123123": true,
}
