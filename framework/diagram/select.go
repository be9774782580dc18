package diagram

import (
	"fmt"
	"slices"
	"strings"
)

// UnknownTableError says that a diagram lacks a table that was asked for.
type UnknownTableError struct {
	Name  string
	Known []string // tables
}

func (e *UnknownTableError) Error() string {
	return fmt.Sprintf("there is no table or entity %q; there are: %s", e.Name, strings.Join(e.Known, ", "))
}

// Select returns the part of the diagram with the named tables or entities and
// the relations between them. No names are all of them. It returns an
// *UnknownTableError for a name that it does not know.
func (d *Diagram) Select(names ...string) (*Diagram, error) {
	if len(names) == 0 {
		return d, nil
	}
	part := &Diagram{Title: d.Title}
	for _, name := range names {
		e := d.find(name)
		if e == nil {
			known := make([]string, len(d.Entities))
			for i, e := range d.Entities {
				known[i] = e.Table
			}
			return nil, &UnknownTableError{Name: name, Known: known}
		}
		if !slices.Contains(part.Entities, e) {
			part.Entities = append(part.Entities, e)
		}
	}
	part.Sort()
	for _, r := range d.Relations {
		_, from := part.Entity(r.From)
		_, to := part.Entity(r.To)
		if from && to {
			part.Relations = append(part.Relations, r)
		}
	}
	return part, nil
}

// find looks for a table of that name, then for an entity, then for either
// whatever the case.
func (d *Diagram) find(name string) *Entity {
	if e, ok := d.Entity(name); ok {
		return e
	}
	for _, same := range []func(*Entity) bool{
		func(e *Entity) bool { return e.Name == name },
		func(e *Entity) bool { return strings.EqualFold(e.Table, name) || strings.EqualFold(e.Name, name) },
	} {
		if i := slices.IndexFunc(d.Entities, same); i >= 0 {
			return d.Entities[i]
		}
	}
	return nil
}
