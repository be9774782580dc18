// Package password hashes and verifies passwords with Argon2id.
//
//	hash, err := password.Hash("correct horse battery staple")
//	ok, rehash, err := password.Verify(hash, attempt)
//
// A hash carries its parameters in the PHC string format, so they can be
// raised at any time: Verify then says that the stored hash wants to be
// replaced at the next login. Every byte of a password counts, however long it
// is. Hasher sets the cost, and Policy what a new password has to be.
package password

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Parameters of new hashes unless a Hasher says otherwise: the memory and
// passes that OWASP advises for interactive logins.
const (
	memory     = 19 * 1024 // KiB
	iterations = 2
	threads    = 1
	saltLen    = 16 // bytes
	keyLen     = 32 // bytes
)

// What Verify accepts of a stored hash, so that a hostile one cannot take all
// memory or all time.
const (
	maxMemory     = 1 << 20 // KiB
	maxIterations = 64
	maxKeyLen     = 128 // bytes
	minKeyLen     = 16
	minSaltLen    = 8
	maxSaltLen    = 128
)

// Unusable is stored for an account that cannot log in with a password, such
// as an imported one. No password verifies against it.
const Unusable = "!"

// ErrMalformed says that a stored hash is not one of this package.
var ErrMalformed = errors.New("password: malformed hash")

// Hasher makes hashes of a chosen cost. The zero value has the defaults.
type Hasher struct {
	Memory     uint32 // KiB, at most 1 GiB; 19 MiB by default
	Iterations uint32 // passes over the memory, at most 64; 2 by default
	Threads    uint8  // lanes that run at the same time; 1 by default
}

// Hash returns the Argon2id hash of a password with a fresh salt and the
// default cost. Unusable is returned as it is.
func Hash(plain string) (string, error) { return Hasher{}.Hash(plain) }

// Verify tells in constant time whether plain is the password of hash, and
// whether the hash was made with a lower cost than the default one. A hash
// that this package cannot have made gives ErrMalformed.
func Verify(hash, plain string) (ok, rehash bool, err error) { return Hasher{}.Verify(hash, plain) }

// Hash is the function Hash at the cost of h.
func (h Hasher) Hash(plain string) (string, error) {
	if plain == Unusable {
		return Unusable, nil
	}
	h = h.withDefaults()
	if h.Memory > maxMemory || h.Iterations > maxIterations {
		return "", fmt.Errorf("password: cannot hash with %d KiB and %d iterations: at most are %d and %d",
			h.Memory, h.Iterations, maxMemory, maxIterations)
	}
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("password: cannot read random bytes: %w", err)
	}
	key := derive([]byte(plain), salt, h.Iterations, h.Memory, h.Threads, keyLen)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.Memory, h.Iterations, h.Threads, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// Verify is the function Verify; rehash compares with the cost of h.
func (h Hasher) Verify(hash, plain string) (ok, rehash bool, err error) {
	if hash == Unusable {
		return false, false, nil
	}
	used, salt, key, err := parse(hash)
	if err != nil {
		return false, false, err
	}
	got := derive([]byte(plain), salt, used.Iterations, used.Memory, used.Threads, uint32(len(key))) //nolint:gosec // bounded by parse
	h = h.withDefaults()
	ok = subtle.ConstantTimeCompare(got, key) == 1
	return ok, ok && (used.Memory < h.Memory || used.Iterations < h.Iterations), nil
}

func (h Hasher) withDefaults() Hasher {
	h.Memory = cmp.Or(h.Memory, memory)
	h.Iterations = cmp.Or(h.Iterations, iterations)
	h.Threads = cmp.Or(h.Threads, threads)
	return h
}

// parse reads a hash in the PHC string format.
func parse(hash string) (h Hasher, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	// The decoder of base64 would skip line ends.
	if strings.ContainsAny(hash, "\r\n") || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, nil, nil, ErrMalformed
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.Memory, &h.Iterations, &h.Threads); err != nil {
		return h, nil, nil, ErrMalformed
	}
	// Writing the numbers again tells whether anything else stood there.
	if parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", h.Memory, h.Iterations, h.Threads) || h.Threads == 0 ||
		h.Iterations == 0 || h.Iterations > maxIterations || h.Memory < 8*uint32(h.Threads) || h.Memory > maxMemory {
		return h, nil, nil, ErrMalformed
	}
	salt, err1 := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < minSaltLen || len(salt) > maxSaltLen || len(key) < minKeyLen || len(key) > maxKeyLen {
		return h, nil, nil, ErrMalformed
	}
	return h, salt, key, nil
}

// slots bounds how many passwords are hashed at once: each takes a core and
// its memory, and a flood of them must not take all of both.
//
//nolint:gochecknoglobals // the process has only so many cores
var slots = make(chan struct{}, runtime.GOMAXPROCS(0))

func derive(plain, salt []byte, iterations, memory uint32, threads uint8, length uint32) []byte {
	slots <- struct{}{}
	defer func() { <-slots }()
	return argon2.IDKey(plain, salt, iterations, memory, threads, length)
}
