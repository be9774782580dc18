package scaffold

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Prompter asks people.
type Prompter interface {
	// Ask asks for a line of text; an empty answer means fallback.
	Ask(question, fallback string) (string, error)
	// Choose asks for one of several options and returns its index.
	Choose(question string, options []string) (int, error)
	// Warn says what is wrong with an answer.
	Warn(format string, args ...any)
}

// Wizard asks for the fields and relations of the request's entity. Each answer
// is checked at once, and asked for again where it cannot be used.
func (p *Project) Wizard(ask Prompter, r *Request) error {
	known, err := p.Entities()
	if err != nil {
		return err
	}
	names, err := EntityName(r.Name)
	if err != nil {
		return err
	}
	w := &wizard{ask, r, names, known}
	for {
		name, err := ask.Ask("Name of a field or relation (empty to end)", "")
		if err != nil || name == "" {
			return err
		}
		err = w.member(name)
		if wrong := (answerError{}); errors.As(err, &wrong) {
			ask.Warn("%s; again, please", strings.TrimPrefix(wrong.Error(), "scaffold: "))
			continue
		}
		if err != nil {
			return err
		}
	}
}

type wizard struct {
	Prompter
	request *Request
	names   Names
	known   []*Existing
}

// answerError is about an answer, which can be given again.
type answerError struct{ error }

func (e answerError) Unwrap() error { return e.error }

const relation = "relation"

func (w *wizard) member(name string) error {
	if _, err := FieldName(name); err != nil {
		return answerError{err}
	}
	for _, taken := range w.taken() {
		if taken == snake(name) {
			return answerError{fmt.Errorf("%s has %s already", w.names.Go, taken)}
		}
	}
	options := make([]string, 0, len(Types())+1)
	for _, t := range Types() {
		options = append(options, string(t))
	}
	options = append(options, relation)
	i, err := w.Choose("Type", options)
	if err != nil {
		return err
	}
	if options[i] == relation {
		return w.edge(name)
	}
	return w.field(name, Type(options[i]))
}

func (w *wizard) taken() (names []string) {
	for _, f := range w.request.Fields {
		names = append(names, f.Name)
	}
	for _, e := range w.request.Edges {
		names = append(names, e.Name)
	}
	return names
}

// field asks what the type leaves open, and reads the answers as ParseField
// reads a description.
func (w *wizard) field(name string, t Type) error {
	spec := name + ":" + string(t)
	var modifiers string
	text := func(question, fallback, modifier string) error {
		answer, err := w.Ask(question, fallback)
		if answer != "" && answer != fallback {
			modifiers += ":" + modifier + "=" + quote(answer)
		}
		return err
	}
	flag := func(question, modifier string) (bool, error) {
		yes, err := w.yes(question)
		if yes {
			modifiers += ":" + modifier
		}
		return yes, err
	}
	switch {
	case t == Enum:
		answer, err := w.Ask("Values, between commas", "")
		if err != nil {
			return err
		}
		spec += "(" + answer + ")"
	case t == Decimal:
		answer, err := w.Ask("Digits behind the point", strconv.Itoa(defaultScale))
		if err != nil {
			return err
		}
		spec += "(" + answer + ")"
	case t.isLine():
		if err := text("Greatest length", strconv.Itoa((&Field{Type: t}).length()), "max"); err != nil {
			return err
		}
	default:
	}
	if t.indexed() && t != Bool {
		unique, err := flag("Unique?", "unique")
		if err == nil && !unique {
			_, err = flag("With an index?", "index")
		}
		if err != nil {
			return err
		}
	}
	if t != Password || name != "password" {
		if _, err := flag("Optional?", "optional"); err != nil {
			return err
		}
	}
	if !strings.Contains(modifiers, ":unique") && t != Password && t != JSON && t != List && t != Bytes {
		if err := text("Default (empty for none)", "", "default"); err != nil {
			return err
		}
	}
	f, err := ParseField(spec + modifiers)
	if err != nil {
		return answerError{err}
	}
	w.request.Fields = append(w.request.Fields, f)
	return nil
}

// edge asks for a relation.
func (w *wizard) edge(name string) error {
	e := Edge{Name: snake(name)}
	var entities []string
	for _, x := range w.known {
		entities = append(entities, x.Names.Go)
	}
	if len(entities) > 0 {
		w.Warn("the entities are %s", strings.Join(entities, ", "))
	}
	answer, err := w.Ask("To which entity", pascal(singular(e.Name)))
	if err != nil {
		return err
	}
	target, err := EntityName(answer)
	if err != nil {
		return answerError{err}
	}
	e.Target = target.Go
	if !slices.Contains(entities, e.Target) && e.Target != w.names.Go && !w.request.CreateTargets {
		yes, err := w.yes("There is no entity " + e.Target + ". Create it too?")
		if err != nil {
			return err
		}
		if !yes {
			return answerError{fmt.Errorf("there is no entity %s", e.Target)}
		}
		w.request.CreateTargets = true
	}
	if err := w.kind(&e); err != nil {
		return err
	}
	if err := w.inverse(&e); err != nil {
		return err
	}
	if e.Kind == ManyToMany {
		err = w.through(&e)
	} else {
		err = w.deletes(&e)
	}
	if err != nil {
		return err
	}
	checked, err := ParseEdge(e.String())
	if err != nil {
		return answerError{err}
	}
	if _, err := checked.complete(w.names); err != nil {
		return answerError{err}
	}
	w.request.Edges = append(w.request.Edges, checked)
	return nil
}

func (w *wizard) kind(e *Edge) error {
	one, other := w.names.Label, words(e.Target)
	options := []string{
		fmt.Sprintf("o2m: each %s has many %s, each of which has one %s", one, plural(other), one),
		fmt.Sprintf("m2o: each %s has one %s, which has many %s", one, other, plural(one)),
		fmt.Sprintf("m2m: each %s has many %s, each of which has many %s", one, plural(other), plural(one)),
		fmt.Sprintf("o2o: each %s has one %s, which has one %s", one, other, one),
	}
	i, err := w.Choose("How many", options)
	if err != nil {
		return err
	}
	e.Kind = Kinds()[i]
	return nil
}

func (w *wizard) inverse(e *Edge) error {
	fallback := ""
	if done, err := e.complete(w.names); err == nil {
		fallback = done.Inverse
	}
	question := "Name of the way back, in " + e.Target
	free := e.Kind == ManyToOne || e.Kind == ManyToMany
	if free {
		question += " (- for none)"
	}
	answer, err := w.Ask(question, fallback)
	switch {
	case err != nil:
		return err
	case free && answer == "-":
		e.NoInverse = true
	case answer != fallback:
		e.Inverse = answer
	default:
	}
	return nil
}

// deletes asks whether the relation may be missing, and what a delete does.
func (w *wizard) deletes(e *Edge) error {
	holder, parent := e.Target, w.names.Go
	if e.Kind == ManyToOne {
		holder, parent = parent, holder
	}
	if e.Target != w.names.Go {
		optional, err := w.yesBy(fmt.Sprintf("May %s be without %s?", article(words(holder)), article(words(parent))), true)
		if err != nil {
			return err
		}
		e.Required = !optional
	}
	rules := []Rule{SetNull, Restrict, Cascade}
	if e.Required {
		rules = []Rule{Restrict, Cascade}
	}
	options := make([]string, len(rules))
	for i, r := range rules {
		options[i] = string(r)
	}
	i, err := w.Choose(fmt.Sprintf("When the %s is deleted, what becomes of its %s", words(parent), plural(words(holder))), options)
	if err != nil {
		return err
	}
	if i > 0 { // the first is the default
		e.OnDelete = rules[i]
	}
	return nil
}

// through asks for the fields of the pair.
func (w *wizard) through(e *Edge) error {
	yes, err := w.yes("Does the pair have fields of its own?")
	if err != nil || !yes {
		return err
	}
	name, err := w.Ask("Name of the entity between the two", w.names.Go+pascal(singular(e.Name)))
	if err != nil {
		return err
	}
	fields, err := w.Ask("Its fields, as position:int note:string?", "")
	if err != nil {
		return err
	}
	j, err := ParseJoin(name + " " + fields)
	if err != nil {
		return answerError{err}
	}
	e.Through = j.Name
	w.request.Through = append(w.request.Through, j)
	return nil
}

func (w *wizard) yes(question string) (bool, error) { return w.yesBy(question, false) }

// yesBy asks a question of yes or no until it is answered.
func (w *wizard) yesBy(question string, fallback bool) (bool, error) {
	word := map[bool]string{true: "yes", false: "no"}[fallback]
	for {
		answer, err := w.Ask(question, word)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		default:
			w.Warn("answer yes or no")
		}
	}
}
