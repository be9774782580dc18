package relay

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/rule"
)

// flat sets and checks the fields of an input that nests nothing.
func (p *plan) flat(w *writing, input Input) error {
	unset := maps.Clone(input)
	if err := p.fill(w, input, unset, nesting{}); err != nil {
		return err
	}
	p.unknown(w.path, unset)
	return p.validate(w)
}

// fill sets the fields that the input carries, and takes them from unset.
// Values that cannot be set are collected, to be reported together with those
// that break rules.
func (p *plan) fill(w *writing, input, unset Input, in nesting) error {
	creating := w.creating()
	for _, f := range w.scope.entity.Fields {
		if f.GraphQL == "" || f == in.without || creating && !f.Create || !creating && !f.Update {
			continue
		}
		if v, ok := input[f.GraphQL]; ok {
			delete(unset, f.GraphQL)
			if code, err := w.set(f, v, creating); err != nil {
				p.fault(w.path+"."+f.GraphQL, code, err.Error())
			} else if err := errors.Join(p.spend(w.refer(f)), p.seal(f)); err != nil {
				return err
			}
		}
		if more, ok := input[Append(f)]; ok && !creating && f.Kind == entity.Strings {
			delete(unset, Append(f))
			if err := w.append(f, more); err != nil {
				p.fault(w.path+"."+Append(f), rule.CodeType, err.Error())
			}
		}
	}
	return nil
}

// refer notes the row that a foreign key names, and counts it.
func (w *writing) refer(f *entity.Field) int {
	target := w.scope.registry[f.Target]
	key, given := w.change.Mutation.Field(f.Name)
	if target == nil || target.Hidden || !given {
		return 0
	}
	w.given = append(w.given, &ref{path: w.path + "." + f.GraphQL, target: target, key: key})
	return 1
}

// unknown reports what of an input is left over.
func (p *plan) unknown(path string, unset Input) {
	for _, key := range slices.Sorted(maps.Keys(unset)) {
		p.fault(path+"."+key, rule.CodeUnknown, "cannot be set")
	}
}

// validate checks the values of a row against the rules, before any statement
// runs. What only a hook can give is left to the save, which checks again.
func (p *plan) validate(w *writing) error {
	e := w.scope.entity
	err := e.Validate(w.change.Mutation)
	invalid, ok := errors.AsType[*entity.ValidationError](err)
	if !ok {
		return err
	}
	for _, v := range invalid.Violations {
		f, _ := e.Field(v.Field)
		if f != nil && v.Code == rule.CodeRequired && (w.keys[f] != nil || !f.Create) {
			continue
		}
		p.fault(w.name(v.Field), v.Code, v.Message)
	}
	return nil
}

func (w *writing) creating() bool { return w.change.Mutation.Op().Is(ent.OpCreate) }

// set sets or clears one field; the code goes with the error.
func (w *writing) set(f *entity.Field, v any, creating bool) (code string, err error) {
	m := w.change.Mutation
	w.dirty = true
	if v == nil {
		switch {
		case !f.Nullable && (!creating || f.Target == ""):
			return rule.CodeNull, errors.New("must not be null")
		case creating:
			return "", nil
		}
		return rule.CodeInvalid, m.ClearField(f.Name)
	}
	if f.Seal != nil && v == password.Unusable {
		return rule.CodeInvalid, errors.New("is not a password")
	}
	value, err := w.scope.parseValue(f, v)
	if err != nil {
		return rule.CodeType, err
	}
	return rule.CodeType, m.SetField(f.Name, value)
}

// append adds to a list of texts that is stored as JSON.
func (w *writing) append(f *entity.Field, v any) error {
	more, err := parseStrings(v)
	if err != nil {
		return err
	}
	if _, _, faults := f.Clean(more); len(faults) > 0 {
		return errors.New(faults[0].Message)
	}
	appender, ok := w.change.Mutation.(interface {
		AppendStrings(name string, values []string) error
	})
	if !ok {
		return errors.New("cannot be appended to")
	}
	w.dirty = true
	return appender.AppendStrings(f.Name, more.([]string))
}

// Append names the input that adds to a list: appendRoleNames.
func Append(f *entity.Field) string { return "append" + capital(f.GraphQL) }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
