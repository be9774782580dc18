package scaffold

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxName is the length of names that every database allows.
const maxName = 63

// Names are the forms of an entity's name.
type Names struct {
	Go    string // UserRole
	Snake string // user_role
	Table string // user_roles
	Label string // user role
}

// EntityName reads the name of an entity, in PascalCase or snake_case.
func EntityName(given string) (Names, error) {
	if err := checkLetters("entity", given); err != nil {
		return Names{}, err
	}
	name := given
	if strings.Contains(name, "_") || name == strings.ToLower(name) {
		name = pascal(snake(name))
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	n := Names{Go: name, Snake: snake(name), Table: plural(snake(name)), Label: words(name)}
	if len(n.Table) > maxName {
		return Names{}, &NameError{"entity", given, fmt.Sprintf("its table would be %s, longer than %d characters", n.Table, maxName), "choose a shorter name"}
	}
	if reason := reservedEntity(n); reason != "" {
		return Names{}, &NameError{"entity", given, reason, "choose another, such as " + n.Go + "Entry"}
	}
	return n, nil
}

// FieldName reads the name of a field; createdAt becomes created_at.
func FieldName(given string) (string, error) { return memberName("field", given) }

// EdgeName reads the name of a relation.
func EdgeName(given string) (string, error) { return memberName("relation", given) }

// TableName checks the name of a table, which is taken as it is given.
func TableName(given string) error {
	if err := checkLetters("table", given); err != nil {
		return err
	}
	if given != strings.ToLower(given) {
		return &NameError{"table", given, "it has capitals, which the databases treat differently", "use " + snake(given)}
	}
	return nil
}

func memberName(what, given string) (string, error) {
	if err := checkLetters(what, given); err != nil {
		return "", err
	}
	name := snake(given)
	if strings.Contains(name, "__") { // of Foo_Bar
		name = strings.ReplaceAll(name, "__", "_")
	}
	if reason := reservedMember(name); reason != "" {
		return "", &NameError{what, given, reason, "choose another, such as " + name + "_value"}
	}
	return name, nil
}

// checkLetters refuses what is no name in Go, in SQL and in GraphQL.
func checkLetters(what, name string) error {
	refuse := func(reason, hint string) error { return &NameError{what, name, reason, hint} }
	const hint = "use letters, digits and underscores"
	switch {
	case name == "":
		return refuse("it is empty", hint)
	case !utf8.ValidString(name):
		return refuse("it is not valid UTF-8", hint)
	case strings.ContainsAny(name, `/\`) || strings.Contains(name, ".."):
		return refuse("it contains a path", hint)
	case name[0] >= '0' && name[0] <= '9':
		return refuse("it begins with a digit", "begin with a letter")
	case name[0] == '_' || strings.HasSuffix(name, "_") || strings.Contains(name, "__"):
		return refuse("underscores may only stand between words", "leave the others out")
	case len(name) > maxName:
		return refuse(fmt.Sprintf("it is longer than %d characters", maxName), "choose a shorter name")
	}
	for _, r := range name {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return refuse(fmt.Sprintf("it contains %q (U+%04X)", r, r), hint)
		}
	}
	return nil
}

// file is the name of the entity's file. Go reads meaning into some endings:
// user_test.go would be a test, and app_linux.go only for that system.
func (n Names) file() string {
	if i := strings.LastIndexByte(n.Snake, '_'); i >= 0 && slices.Contains(fileEndings(), n.Snake[i+1:]) {
		return strings.ReplaceAll(n.Snake, "_", "") + ".go"
	}
	return n.Snake + ".go"
}

// fileEndings are the endings that mean something to Go: tests, systems and
// processors.
func fileEndings() []string {
	return strings.Fields(`test
		aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos
		386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64
		ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`)
}
