package password_test

import (
	"fmt"

	"github.com/framefox-go/framefox/framework/password"
)

func Example() {
	hash, err := password.Hash("correct horse battery staple")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(hash[:30])

	ok, rehash, err := password.Verify(hash, "correct horse battery staple")
	fmt.Println(ok, rehash, err)
	ok, _, err = password.Verify(hash, "Tr0ub4dor&3")
	fmt.Println(ok, err)
	// Output:
	// $argon2id$v=19$m=19456,t=2,p=1
	// true false <nil>
	// false <nil>
}

// When the cost was raised, a login is the time to store a new hash.
func ExampleHasher_Verify() {
	old, err := password.Hasher{Memory: 8 * 1024}.Hash("correct horse")
	if err != nil {
		fmt.Println(err)
		return
	}
	today := password.Hasher{Memory: 64 * 1024}
	ok, rehash, err := today.Verify(old, "correct horse")
	fmt.Println(ok, rehash, err)
	// Output: true true <nil>
}

func ExampleCheck() {
	for _, plain := range []string{"short", "password123", "correct horse"} {
		fmt.Println(plain, password.Check(plain))
	}
	// Output:
	// short [{too_short must have at least 8 characters}]
	// password123 [{too_common is one of the passwords that attackers try first}]
	// correct horse []
}
