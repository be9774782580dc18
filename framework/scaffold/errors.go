package scaffold

import (
	"fmt"
	"strings"
)

// NameError says that a name cannot be used, and what to do instead.
type NameError struct {
	What   string // "entity", "field", "relation", "table", "enum value"
	Name   string // as it was given
	Reason string
	Hint   string // the way out; "" if the reason says it
}

func (e *NameError) Error() string {
	text := fmt.Sprintf("scaffold: cannot name %s %q: %s", article(e.What), e.Name, e.Reason)
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// SpecError says which part of the description of a field or relation is
// wrong.
type SpecError struct {
	Spec   string // the whole description
	Part   string // what is wrong in it; "" at its end
	Offset int    // of Part, in bytes
	Reason string
	Err    error // the cause, if it has a type of its own
}

func (e *SpecError) Error() string {
	at := "at its end"
	if e.Part != "" {
		at = fmt.Sprintf("at %q", e.Part)
	}
	return fmt.Sprintf("scaffold: cannot read %q, %s: %s", e.Spec, at, e.Reason)
}

func (e *SpecError) Unwrap() error { return e.Err }

// RequestError says that the parts of a request do not fit together.
type RequestError struct {
	Entity string
	Part   string // the field, relation or option; "" for the whole
	Reason string // with the way out
}

func (e *RequestError) Error() string {
	name := e.Entity
	if e.Part != "" {
		name += "." + e.Part
	}
	return "scaffold: cannot create " + name + ": " + e.Reason
}

// ExistsError says that the entity is there already.
type ExistsError struct {
	Entity  string
	File    string   // relative to the project
	Missing []string // fields and relations of the request that it lacks
	Present []string // those that it has
}

func (e *ExistsError) Error() string {
	text := fmt.Sprintf("scaffold: the entity %s exists, in %s", e.Entity, e.File)
	if len(e.Missing) > 0 {
		text += "; add " + strings.Join(e.Missing, ", ") + " to it with --update"
	}
	if len(e.Present) > 0 {
		text += "; replace its " + strings.Join(e.Present, ", ") + " with --force"
	}
	return text
}

// EditError says that a file has a shape that cannot be edited.
type EditError struct {
	File   string // relative to the project
	Method string // "User.Fields"; "" for the file itself
	Reason string
}

func (e *EditError) Error() string {
	where := e.File
	if e.Method != "" {
		where = e.Method + " in " + e.File
	}
	return fmt.Sprintf("scaffold: cannot edit %s: %s", where, e.Reason)
}

// ProjectError says that a folder is not a project that entities can be
// written to.
type ProjectError struct {
	Root   string
	Reason string
}

func (e *ProjectError) Error() string {
	return fmt.Sprintf("scaffold: cannot use the project in %s: %s", e.Root, e.Reason)
}

// GenerateError says that the generator or the compiler refused what was
// written. Every file is again as it was.
type GenerateError struct {
	Command string // "go generate ./ent"
	Output  string // of the command
	Err     error
}

func (e *GenerateError) Error() string {
	return fmt.Sprintf("scaffold: cannot generate the code; every file is as it was before: %s: %v\n%s", e.Command, e.Err, strings.TrimSpace(e.Output))
}

func (e *GenerateError) Unwrap() error { return e.Err }

// BusyError says that another run is changing the project.
type BusyError struct{ Root string }

func (e *BusyError) Error() string {
	return fmt.Sprintf("scaffold: cannot change the project in %s: another run is changing it; wait for it to end", e.Root)
}

// article puts "a" or "an" before a word: an entity, a user, a unit.
func article(word string) string {
	lower := strings.ToLower(word)
	for _, begin := range []string{"us", "uni", "ut", "eu", "one"} { // spoken as if they began with a consonant
		if strings.HasPrefix(lower, begin) && !strings.HasPrefix(lower, "unin") && !strings.HasPrefix(lower, "utt") {
			return "a " + word
		}
	}
	if lower != "" && strings.ContainsRune("aeiou", rune(lower[0])) {
		return "an " + word
	}
	return "a " + word
}
