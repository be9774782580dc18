// Package password hashes and verifies passwords with Argon2id.
//
//	hash, err := password.Hash("correct horse battery staple")
//	ok, rehash, err := password.Verify(hash, attempt)
//
// A hash carries its parameters in the PHC string format, so they can be
// raised at any time: Verify then says that the stored hash wants to be
// replaced at the next login.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/framefox-go/framefox/framework/rule"
)

// Parameters of new hashes, from the second recommendation of RFC 9106 with
// the memory that OWASP advises for interactive logins.
const (
	memory     = 19 * 1024 // KiB
	iterations = 2
	threads    = 1
	saltLen    = 16 // bytes
	keyLen     = 32 // bytes
)

// Lengths that a password may have, in characters.
const (
	MinLength = 8
	MaxLength = 1024
)

// Unusable is stored for an account that cannot log in with a password, such
// as an imported one. No password verifies against it.
const Unusable = "!"

// ErrMalformed says that a stored hash is not one of this package.
var ErrMalformed = errors.New("password: malformed hash")

// Hash returns the Argon2id hash of a password with a fresh salt. Unusable is
// returned as it is.
func Hash(plain string) (string, error) {
	if plain == Unusable {
		return Unusable, nil
	}
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("password: cannot read random bytes: %w", err)
	}
	key := argon2.IDKey([]byte(plain), salt, iterations, memory, threads, keyLen)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, memory, iterations, threads, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// Verify tells in constant time whether plain is the password of hash, and
// whether the hash was made with weaker parameters than today's.
func Verify(hash, plain string) (ok, rehash bool, err error) {
	if hash == Unusable {
		return false, false, nil
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, false, ErrMalformed
	}
	var version int
	var m, t uint32
	var p uint8
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false, ErrMalformed
	}
	// The bounds keep a hostile hash from taking all memory.
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil || m > 1<<20 || t > 64 || t == 0 || p == 0 {
		return false, false, ErrMalformed
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) < 16 || len(key) > 128 {
		return false, false, ErrMalformed
	}
	got := argon2.IDKey([]byte(plain), salt, t, m, p, uint32(len(key))) //nolint:gosec // bounded above
	ok = subtle.ConstantTimeCompare(got, key) == 1
	return ok, ok && (m < memory || t < iterations), nil
}

// Check returns the rules that a new password breaks: too short, too long, or
// one of those that attackers try first.
func Check(plain string) []rule.Fault {
	if plain == Unusable {
		return nil
	}
	faults := rule.Length(MinLength, MaxLength).Check(plain)
	if common[strings.ToLower(plain)] || utf8.RuneCountInString(plain) >= MinLength && strings.Count(plain, plain[:1]) == len(plain) {
		faults = append(faults, rule.Fault{Code: "too_common", Message: "is one of the passwords that attackers try first"})
	}
	return faults
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
