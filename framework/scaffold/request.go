package scaffold

import (
	"fmt"
	"slices"
	"strings"
)

// Request says what to create, or to add to an entity that exists.
type Request struct {
	Name    string // of the entity, in PascalCase or snake_case
	Comment string // what it is, one sentence; default from the name
	ID      string // type of the key, KeyInt or KeyUUID; default KeyInt
	Table   string // default the plural of the name, in snake_case
	Fields  []Field
	Edges   []Edge
	Through []Join // entities of relations of many to many

	Mixins       []string // further mixins: those of Mixins()
	NoTimestamps bool     // leave out created_at and updated_at

	Update        bool // add what is missing to an entity that exists
	Force         bool // and replace the fields and relations that it has
	CreateTargets bool // create entities that relations name and that do not exist
	NoRepository  bool // write no repository
	AllowReserved bool // take words that are reserved in SQL as names of entities and tables
}

// Join is an entity between the two sides of a relation, with fields of its
// own.
type Join struct {
	Name   string
	Fields []Field
}

// ParseJoin reads the description of a join: the name of the entity and its
// fields, between spaces: "PostTag position:int note:string?".
func ParseJoin(spec string) (Join, error) {
	pieces := splitSpaces(spec)
	if len(pieces) == 0 {
		return Join{}, (part{spec, 0, spec}).fail("", "describe it as Entity field:type …")
	}
	names, err := EntityName(pieces[0])
	if err != nil {
		return Join{}, (part{spec, 0, spec}).wrap(pieces[0], err)
	}
	j := Join{Name: names.Go}
	for _, piece := range pieces[1:] {
		f, err := ParseField(piece)
		if err != nil {
			return Join{}, err
		}
		j.Fields = append(j.Fields, f)
	}
	return j, nil
}

// splitSpaces cuts at the spaces outside of quotes.
func splitSpaces(s string) (pieces []string) {
	begin := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && quoteAt(s, i, 1) {
			if end := closing(s, i); end > 0 {
				i = end
			}
			continue
		}
		if i == len(s) || s[i] == ' ' {
			if i > begin {
				pieces = append(pieces, s[begin:i])
			}
			begin = i + 1
		}
	}
	return pieces
}

// String is the description that ParseJoin reads.
func (j Join) String() string {
	text := j.Name
	var textSb81 strings.Builder
	for _, f := range j.Fields {
		textSb81.WriteString(" " + f.String())
	}
	text += textSb81.String()
	return text
}

// Mixins lists the further mixins by the words that name them.
func Mixins() []string { return []string{"soft-delete", "tenant", "version", "password"} }

// mixinCode is the Go of a mixin of that word; "" if there is none.
func mixinCode(word string) string {
	return map[string]string{
		"soft-delete": "mixin.SoftDelete{}", "tenant": "mixin.Tenant{}", "version": "mixin.Version{}", "password": "mixin.Password{}",
	}[strings.ReplaceAll(strings.ToLower(word), "_", "-")]
}

// mixins are the mixins of a new entity, in the order of the convention.
func (r Request) mixins() ([]string, error) {
	list := []string{"mixin.ID{}"}
	if r.ID == KeyUUID {
		list = []string{"mixin.UUID{}"}
	}
	further, err := r.further()
	if err != nil {
		return nil, err
	}
	add := func(code string) {
		if slices.Contains(further, code) {
			list = append(list, code)
		}
	}
	add("mixin.Password{}")
	if !r.NoTimestamps {
		list = append(list, "mixin.Timestamps{}")
	}
	add("mixin.SoftDelete{}")
	add("mixin.Tenant{}")
	add("mixin.Version{}")
	return list, nil
}

// further are the mixins that the request names. A field password of that type
// is one.
func (r Request) further() (list []string, err error) {
	for _, word := range r.Mixins {
		code := mixinCode(word)
		if code == "" {
			return nil, &RequestError{Entity: r.Name, Reason: fmt.Sprintf("there is no mixin %q; give one of %s", word, strings.Join(Mixins(), ", "))}
		}
		if !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	if slices.ContainsFunc(r.Fields, isPasswordMixin) && !slices.Contains(list, "mixin.Password{}") {
		list = append(list, "mixin.Password{}")
	}
	return list, nil
}

// isPasswordMixin reports whether the field is what mixin.Password gives.
func isPasswordMixin(f Field) bool { return f.Type == Password && f.Name == "password" }

// Args are the arguments of `create entity` that ask for the same.
func (r Request) Args() []string {
	args := []string{r.Name}
	for _, f := range r.Fields {
		args = append(args, f.String())
	}
	for _, e := range r.Edges {
		args = append(args, "--edge", e.String())
	}
	for _, j := range r.Through {
		args = append(args, "--through", j.String())
	}
	if len(r.Mixins) > 0 {
		args = append(args, "--mixin", strings.Join(r.Mixins, ","))
	}
	for _, o := range [][2]string{{"--comment", r.Comment}, {"--id", r.ID}, {"--table", r.Table}} {
		if o[1] != "" {
			args = append(args, o[0], o[1])
		}
	}
	for _, flag := range []struct {
		name string
		on   bool
	}{
		{"--no-mixin", r.NoTimestamps},
		{"--update", r.Update},
		{"--force", r.Force},
		{"--create-targets", r.CreateTargets},
		{"--no-repository", r.NoRepository},
		{"--allow-reserved", r.AllowReserved},
	} {
		if flag.on {
			args = append(args, flag.name)
		}
	}
	return args
}
