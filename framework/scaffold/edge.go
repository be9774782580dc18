package scaffold

import (
	"fmt"
	"strings"
)

// Kind is how many there are on both sides of a relation, this side first.
type Kind string

// The kinds of relations.
const (
	OneToOne   Kind = "o2o" // the other side has the foreign key
	OneToMany  Kind = "o2m" // the other side has the foreign key
	ManyToOne  Kind = "m2o" // this side has the foreign key
	ManyToMany Kind = "m2m" // a table between them has both
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{OneToMany, ManyToOne, ManyToMany, OneToOne} }

// Rule is what becomes of a row when the one that it refers to is deleted.
type Rule string

// The rules.
const (
	Cascade  Rule = "cascade"  // it is deleted too
	Restrict Rule = "restrict" // the delete is refused
	SetNull  Rule = "set-null" // it refers to nothing any more
)

// Edge describes a relation. The zero values of the last six are chosen by the
// names of the two entities.
type Edge struct { //nolint:recvcheck // reading fills in a pointer, a value prints itself
	Name     string // snake_case
	Target   string // entity
	Kind     Kind
	Required bool // the foreign key is never NULL

	Inverse   string // relation back; default by the owner's name
	NoInverse bool   // there is none
	Field     string // foreign key; default the relation + "_id"
	OnDelete  Rule   // default Restrict if required, else SetNull
	Through   string // entity between the two sides of ManyToMany; default none
	Key       string // type of the target's key if the target is made too: int or uuid
}

// ParseEdge reads the description of a relation: name, entity, kind (o2o, o2m,
// m2o, m2m), and any of required, inverse=, no-inverse, field=, on-delete=,
// through= and key=.
func ParseEdge(spec string) (Edge, error) {
	parts, err := split(spec)
	if err != nil {
		return Edge{}, err
	}
	if len(parts) < 3 {
		return Edge{}, parts[len(parts)-1].fail("", "describe a relation as name:Entity:kind, as in posts:Post:o2m")
	}
	var e Edge
	if e.Name, err = EdgeName(parts[0].text); err != nil {
		return Edge{}, parts[0].wrap(parts[0].text, err)
	}
	target, err := EntityName(parts[1].text)
	if err != nil {
		return Edge{}, parts[1].wrap(parts[1].text, err)
	}
	e.Target = target.Go
	kind, ok := parseKind(parts[2].text)
	if !ok {
		return Edge{}, parts[2].fail(parts[2].text, "there is no kind %q; give o2o, o2m, m2o or m2m", parts[2].text)
	}
	e.Kind = kind
	seen := map[string]bool{}
	for _, p := range parts[3:] {
		o, err := parseOption(p)
		if err != nil {
			return Edge{}, err
		}
		if seen[o.name] {
			return Edge{}, p.fail(p.text, "%s is given twice", o.name)
		}
		seen[o.name] = true
		if err := e.set(o); err != nil {
			return Edge{}, err
		}
	}
	if reason, piece := e.check(); reason != "" {
		return Edge{}, (part{spec, 0, spec}).fail(piece, "%s", reason)
	}
	return e, nil
}

func parseKind(text string) (Kind, bool) {
	text = strings.NewReplacer("one", "o", "many", "m", "to", "2", "-", "", "_", "").Replace(strings.ToLower(text))
	for _, k := range Kinds() {
		if text == string(k) {
			return k, true
		}
	}
	return "", false
}

func (e *Edge) set(o option) error {
	flags := map[string]func(){
		"required":   func() { e.Required = true },
		"optional":   func() { e.Required = false },
		"no-inverse": func() { e.NoInverse = true },
	}
	if flag, ok := flags[o.name]; ok {
		if o.hasValue {
			return o.fail(o.text, "%s takes no value", o.name)
		}
		flag()
		return nil
	}
	values := map[string]func(string) error{
		"inverse": func(v string) (err error) { e.Inverse, err = EdgeName(v); return err },
		"field":   func(v string) (err error) { e.Field, err = FieldName(v); return err },
		"through": func(v string) error {
			n, err := EntityName(v)
			e.Through = n.Go
			return err
		},
		"on-delete": func(v string) error {
			e.OnDelete = Rule(strings.ReplaceAll(strings.ToLower(v), "_", "-"))
			if e.OnDelete != Cascade && e.OnDelete != Restrict && e.OnDelete != SetNull {
				return fmt.Errorf("there is no rule %q; give cascade, restrict or set-null", v)
			}
			return nil
		},
		"key": func(v string) error {
			e.Key = v
			if v != KeyInt && v != KeyUUID {
				return fmt.Errorf("there is no key %q; give int or uuid", v)
			}
			return nil
		},
	}
	read, ok := values[o.name]
	switch {
	case !ok:
		return o.fail(o.text, "there is no modifier %s; give one of required, inverse=, no-inverse, field=, on-delete=, through=, key=", o.name)
	case o.value == "":
		return o.fail(o.text, "%s needs a value, as in %s=…", o.name, o.name)
	}
	if err := read(o.value); err != nil {
		return o.wrap(o.text, err)
	}
	return nil
}

// check returns what does not fit together.
func (e *Edge) check() (reason, piece string) {
	joined := e.Kind == ManyToMany
	switch {
	case e.NoInverse && e.Inverse != "":
		return "it has an inverse and none", "no-inverse"
	case e.NoInverse && (e.Kind == OneToMany || e.Kind == OneToOne):
		return "the foreign key of this kind belongs to the other side, which so needs a relation back; leave no-inverse out, or use m2o", "no-inverse"
	case joined && e.Required:
		return "a relation of many to many cannot be required", "required"
	case joined && e.OnDelete != "":
		return "the rows between the two sides always go with either of them; leave on-delete out", "on-delete"
	case joined && e.Field != "":
		return "a relation of many to many has no foreign key", "field="
	case !joined && e.Through != "":
		return "only a relation of many to many goes through an entity", "through="
	case e.Required && e.OnDelete == SetNull:
		return "what is required cannot be set to NULL; use cascade or restrict, or leave required out", "on-delete"
	default:
		return "", ""
	}
}

// String is the description that ParseEdge reads.
func (e Edge) String() string {
	text := e.Name + ":" + e.Target + ":" + string(e.Kind)
	if e.Required {
		text += ":required"
	}
	if e.NoInverse {
		text += ":no-inverse"
	}
	var textSb184 strings.Builder
	for _, o := range [][2]string{
		{"inverse", e.Inverse},
		{"field", e.Field},
		{"on-delete", string(e.OnDelete)},
		{"through", e.Through},
		{"key", e.Key},
	} {
		if o[1] != "" {
			textSb184.WriteString(":" + o[0] + "=" + o[1])
		}
	}
	text += textSb184.String()
	return text
}

// complete fills in what the names of the two entities decide.
func (e Edge) complete(owner Names) (Edge, error) {
	self := e.Target == owner.Go
	refuse := func(reason string) (Edge, error) {
		return e, &RequestError{Entity: owner.Go, Part: e.Name, Reason: reason}
	}
	if self && e.Required && !e.NoInverse {
		return refuse("a relation of an entity to itself cannot be required: the first row would have nothing to refer to")
	}
	if e.Inverse == "" && !e.NoInverse {
		switch {
		case !self && (e.Kind == OneToMany || e.Kind == OneToOne):
			e.Inverse = owner.Snake
		case !self:
			e.Inverse = plural(owner.Snake)
		case e.Kind == OneToMany && e.Name == "children":
			e.Inverse = "parent"
		case e.Kind == ManyToOne && e.Name == "parent":
			e.Inverse = "children"
		default:
			return refuse("name the way back of a relation to the entity itself with inverse=, or give no-inverse")
		}
	}
	if self && e.Inverse == e.Name {
		return refuse("both sides of a relation to the entity itself cannot have one name")
	}
	if e.Field == "" && e.Kind != ManyToMany {
		e.Field = e.keyEdge() + "_id"
	}
	if e.OnDelete == "" && e.Kind != ManyToMany {
		e.OnDelete = SetNull
		if e.Required {
			e.OnDelete = Restrict
		}
	}
	return e, nil
}

// keyEdge is the name of the relation on the side of the foreign key.
func (e Edge) keyEdge() string {
	if e.Kind == ManyToOne {
		return e.Name
	}
	return e.Inverse
}
