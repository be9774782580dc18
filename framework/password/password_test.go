package password_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/framefox-go/framefox/framework/password"
)

// cheap is for tests that are not about the cost.
func cheap() password.Hasher { return password.Hasher{Memory: 64, Iterations: 1} }

// Covers: B43, S08.
func TestHash(t *testing.T) {
	t.Parallel()
	one, err := password.Hash("correct horse battery")
	require.NoError(t, err)
	two, err := password.Hash("correct horse battery")
	require.NoError(t, err)
	require.Regexp(t, `\A\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}\z`, one)
	require.NotEqual(t, one, two, "each hash has its own salt")
	require.NotContains(t, one, "correct")
	require.LessOrEqual(t, len(one), 255, "it fits the column")

	for attempt, want := range map[string]bool{
		"correct horse battery": true, "Correct horse battery": false, "correct horse battery ": false, "": false, one: false,
	} {
		ok, rehash, err := password.Verify(one, attempt)
		require.NoError(t, err)
		require.Equal(t, want, ok, attempt)
		require.False(t, rehash)
	}
}

// A hash of another maker verifies: this one is of the reference
// implementation's test vectors.
func TestVerifyForeignHash(t *testing.T) {
	t.Parallel()
	const hash = "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"
	ok, rehash, err := password.Verify(hash, "password")
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, rehash, "weaker than today's")
}

// bcrypt would cut at 72 bytes; here each byte counts, and NUL ends nothing.
//
// Covers: B43.
func TestLongPasswords(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{strings.Repeat("a", 72) + "b", strings.Repeat("a", 72) + "c"},
		{strings.Repeat("é", 1023) + "x", strings.Repeat("é", 1023) + "y"},
		{"before\x00after", "before\x00"},
	} {
		hash, err := cheap().Hash(pair[0])
		require.NoError(t, err)
		ok, _, err := cheap().Verify(hash, pair[0])
		require.NoError(t, err)
		require.True(t, ok)
		ok, _, err = cheap().Verify(hash, pair[1])
		require.NoError(t, err)
		require.False(t, ok)
	}
}

// A login with the right password says that the hash is out of date; a wrong
// password says nothing.
//
// Covers: B43.
func TestRehash(t *testing.T) {
	t.Parallel()
	hash, err := cheap().Hash("secret words")
	require.NoError(t, err)
	for _, c := range []struct {
		now  password.Hasher
		want bool
	}{
		{cheap(), false},
		{password.Hasher{Memory: 128, Iterations: 1}, true},
		{password.Hasher{Memory: 64, Iterations: 2}, true},
		{password.Hasher{Memory: 32, Iterations: 1}, false},
		{password.Hasher{}, true},
	} {
		ok, rehash, err := c.now.Verify(hash, "secret words")
		require.NoError(t, err)
		require.True(t, ok, "the cost of the hash counts, not that of today")
		require.Equal(t, c.want, rehash, "%+v", c.now)
	}
	ok, rehash, err := password.Verify(hash, "wrong words")
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, rehash)

	_, err = password.Hasher{Memory: 1<<20 + 1}.Hash("x")
	require.EqualError(t, err, "password: cannot hash with 1048577 KiB and 2 iterations: at most are 1048576 and 64")
	_, err = password.Hasher{Iterations: 65}.Hash("x")
	require.Error(t, err)
}

// Covers: B43.
func TestUnusable(t *testing.T) {
	t.Parallel()
	hash, err := password.Hash(password.Unusable)
	require.NoError(t, err)
	require.Equal(t, password.Unusable, hash)
	for _, attempt := range []string{password.Unusable, "", "anything"} {
		ok, rehash, err := password.Verify(hash, attempt)
		require.NoError(t, err)
		require.False(t, ok || rehash)
	}
	require.Empty(t, password.Check(password.Unusable))
}

func malformed() []string {
	const salt, key = "c29tZXNhbHQ", "bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"
	good := fmt.Sprintf("v=%d", argon2.Version)
	hashes := []string{
		"", "plain text", "$", "$$$$$", "!!", "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
		"$argon2i$" + good + "$m=256,t=2,p=2$" + salt + "$" + key,
		"$argon2id$v=16$m=256,t=2,p=2$" + salt + "$" + key,
		"$argon2id$v=19x$m=256,t=2,p=2$" + salt + "$" + key,
		"x$argon2id$" + good + "$m=256,t=2,p=2$" + salt + "$" + key,
		"$argon2id$" + good + "$m=256,t=2,p=2$" + salt + "$" + key + "$",
		"$argon2id$" + good + "$m=256,t=2,p=2$" + salt + "$" + key + "=",
		"$argon2id$" + good + "$m=256,t=2,p=2$" + salt + "$" + key[:8],
		"$argon2id$" + good + "$m=256,t=2,p=2$$" + key,
		"$argon2id$" + good + "$m=256,t=2,p=2$" + salt + "$",
		"$argon2id$" + good + "$m=256,t=2,p=2$" + salt + "$" + strings.Repeat("A", 200),
		"$argon2id$" + good + "$m=256,t=2,p=2$" + strings.Repeat("A", 200) + "$" + key,
		"$argon2id$" + good + "$m=256,t=2,p=2$" + salt + "$" + key + "\n",
	}
	for _, cost := range []string{
		"", "m=0,t=2,p=2", "m=256,t=0,p=2", "m=256,t=2,p=0", "m=256,t=2,p=256", "m=4294967295,t=2,p=2", "m=1048577,t=1,p=1",
		"m=256,t=65,p=1", "m=256,t=2,p=2,x=1", "m=256,t=2", "t=2,m=256,p=2", "m=+256,t=2,p=2", "m=-1,t=2,p=2", "m= 256,t=2,p=2", "m=15,t=1,p=2",
	} {
		hashes = append(hashes, "$argon2id$"+good+"$"+cost+"$"+salt+"$"+key)
	}
	return hashes
}

// Covers: B43.
func TestMalformed(t *testing.T) {
	t.Parallel()
	for _, hash := range malformed() {
		ok, rehash, err := password.Verify(hash, "password")
		require.ErrorIs(t, err, password.ErrMalformed, hash)
		require.False(t, ok || rehash, hash)
		require.Equal(t, "password: malformed hash", err.Error(), "the error shows nothing of the hash")
	}
}

// No stored text makes Verify panic or let anyone in.
//
// Covers: B43.
func FuzzVerify(f *testing.F) {
	for _, hash := range malformed() {
		f.Add(hash, "password")
	}
	f.Add("!", "!")
	f.Fuzz(func(t *testing.T, hash, plain string) {
		if strings.Contains(hash, "$m=") && !strings.Contains(hash, "$m=256,t=2,p=2$") {
			return // a valid cost may be a high one
		}
		if ok, _, err := password.Verify(hash, plain); err == nil {
			require.False(t, ok && plain != "password", "%q opens %q", plain, hash)
		}
	})
}
