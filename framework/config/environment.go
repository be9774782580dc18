package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The names of environments that the framework gives a meaning. Any other name
// is allowed and treated as production; see Config.Production.
const (
	Development = "development"
	Testing     = "testing"
	Production  = "production"
)

var environmentPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// variable is one environment variable and where it came from.
type variable struct {
	value string
	file  string // "" for the process environment
	line  int
}

// environment is the process environment over the .env files.
type environment struct {
	root      string
	name      string
	chosenBy  string   // what chose the name: "APP_ENV in .env:1", "default", …
	files     []string // that were read, the strongest last
	notices   []string
	variables map[string]variable
}

// lookup finds the strongest value of a variable.
func (e *environment) lookup(name string) (string, bool) {
	v, ok := e.variables[name]
	return v.value, ok
}

// source says where a variable came from: "DATABASE_URL in .env:3".
func (e *environment) source(name string) string { return e.variables[name].source(name) }

func (v variable) source(name string) string {
	if v.file == "" {
		return name + " in the environment"
	}
	return fmt.Sprintf("%s in %s:%d", name, v.file, v.line)
}

// readEnvironment chooses the environment and reads its files. It returns the
// environment as far as it could be read together with all problems.
func readEnvironment(root string, opts Options) (*environment, []error) {
	environ := opts.Environ
	if environ == nil {
		environ = os.Environ()
	}
	process := map[string]variable{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			process[name] = variable{value: value}
		}
	}
	env := &environment{root: root, variables: map[string]variable{}}
	base, problems := env.readFile(".env")
	local, more := env.readFile(".env.local")
	problems = append(problems, more...)

	name, by, err := chooseEnvironment(opts.Environment, process, local, base)
	if err != nil {
		return env, append(problems, err)
	}
	env.name, env.chosenBy = name, by
	chosen, more := env.readFile(".env." + name)
	problems = append(problems, more...)
	if err := contradiction(name, chosen); err != nil {
		problems = append(problems, err)
	}
	env.noticeAliases()
	for _, layer := range []map[string]variable{base, chosen, local, process} {
		maps.Copy(env.variables, layer)
	}
	for _, layer := range []struct {
		file      string
		variables map[string]variable
	}{{".env", base}, {".env." + name, chosen}, {".env.local", local}} {
		if layer.variables != nil {
			env.files = append(env.files, layer.file)
		}
	}
	return env, problems
}

// readFile reads one .env file; nil means that there is none. A folder of that
// name, such as a Python environment, is none.
func (e *environment) readFile(name string) (map[string]variable, []error) {
	path := filepath.Join(e.root, name)
	if !isFile(path) {
		return nil, nil
	}
	content, err := os.ReadFile(path) //nolint:gosec // the name is fixed, or validated by environmentName
	if err != nil {
		return nil, []error{unreadable(name, err)}
	}
	return parseDotenv(name, string(content))
}

// chooseEnvironment asks, in this order, the option, FRAMEFOX_ENV, then APP_ENV,
// each in the process environment, .env.local and .env.
func chooseEnvironment(option string, layers ...map[string]variable) (name, by string, err error) {
	if option != "" {
		name, err = environmentName(option, "environment", variable{})
		return name, "option", err
	}
	for _, layer := range layers {
		for _, key := range []string{"FRAMEFOX_ENV", "APP_ENV"} {
			if v := layer[key]; v.value != "" {
				name, err = environmentName(v.value, key, v)
				return name, v.source(key), err
			}
		}
	}
	return Development, "default", nil
}

// environmentName validates a name and resolves its short form.
func environmentName(text, key string, v variable) (string, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	fail := func(reason, hint string) error {
		return &Error{Key: key, File: v.file, Line: v.line, Reason: reason, Hint: hint}
	}
	switch name {
	case Development, "dev":
		return Development, nil
	case Testing, "test":
		return Testing, nil
	case Production, "prod":
		return Production, nil
	case "local", "example":
		return "", fail(fmt.Sprintf("the name %s is taken by the file .env.%s", name, name), "choose another")
	}
	if !environmentPattern.MatchString(name) {
		return "", fail(fmt.Sprintf("%q is no name of an environment", text), "use development, testing, production, or a name of small letters, digits, _ and -")
	}
	// A misspelt "production" must not open the guards of production, nor read no file.
	if near := nearest(name, []string{Development, Testing, Production}); near != "" {
		return "", fail(fmt.Sprintf("%q is no name of an environment", text), "did you mean "+near+"?")
	}
	return name, nil
}

// contradiction refuses a .env.<name> that chooses another environment: it was
// read because of the choice.
func contradiction(name string, chosen map[string]variable) error {
	for _, key := range []string{"FRAMEFOX_ENV", "APP_ENV"} {
		v, ok := chosen[key]
		if !ok || v.value == "" {
			continue
		}
		if other, err := environmentName(v.value, key, v); err != nil || other != name {
			return &Error{Key: key, File: v.file, Line: v.line, Reason: "names another environment than the file itself", Hint: "set it in the environment, .env or .env.local"}
		}
	}
	return nil
}

// noticeAliases tells about files with a short name, which are not read.
func (e *environment) noticeAliases() {
	for short, long := range map[string]string{"dev": Development, "test": Testing, "prod": Production} {
		if e.name == long && isFile(filepath.Join(e.root, ".env."+short)) {
			e.notices = append(e.notices, fmt.Sprintf(".env.%s is not read: rename it to .env.%s", short, long))
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// unreadable reports a file that is there and cannot be read.
func unreadable(name string, err error) error {
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		err = cause.Err
	}
	return &Error{File: name, Reason: fmt.Sprintf("cannot be read: %v", err), Hint: "check its permissions", Err: err}
}
