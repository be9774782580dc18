package unitofwork

import (
	"fmt"
	"reflect"

	"github.com/framefox-go/framefox/framework/entity"
)

// reference is a foreign key of an entity that leads to another one.
type reference struct {
	field int // place of the foreign key
	to    *item
}

// join is a pair of rows at an edge from many to many.
type join struct {
	edge  *link
	key   any   // of the other row, where that is known
	to    *item // or the row itself, where it is held
	add   bool
	after bool // saved after the rows
}

// plan is what one round of a flush does.
type plan struct {
	m     *Manager
	refs  map[*item][]reference
	joins map[*item][]join
	pairs map[pair]bool
	keys  map[*item]map[int]any // foreign keys that edges give, by field; see settle
	later map[*item][]reference // foreign keys that are set by an update
}

// pair is two ends of an edge from many to many, whichever side tells of it.
type pair struct {
	table string
	a, b  any
}

// reach takes up the new entities that edges lead to, and finds out which
// references the edges ask for.
func (m *Manager) reach() (*plan, error) {
	p := &plan{
		m: m, refs: map[*item][]reference{}, joins: map[*item][]join{}, pairs: map[pair]bool{}, keys: map[*item]map[int]any{},
		later: map[*item][]reference{},
	}
	queue := m.sorted(func(it *item) bool { return it.status != removed })
	for i := 0; i < len(queue); i++ {
		it := queue[i]
		for j := range it.t.edges {
			v := it.row.FieldByIndex(it.t.edges[j].at)
			each(v, func(to any) {
				if m.items[to] == nil && !m.gone[to] && !isRow(reflect.ValueOf(to).Elem()) {
					queue = append(queue, m.hold(m.byType[v2type(to)], to, fresh))
				}
			})
		}
	}
	for _, it := range queue {
		for j := range it.t.edges {
			if err := p.edge(it, j); err != nil {
				return nil, &EntityError{it.op(), it.t.Name, it.ptr, err}
			}
		}
	}
	return p, nil
}

func v2type(ptr any) reflect.Type { return reflect.TypeOf(ptr).Elem() }

// each calls fn with what an edge leads to.
func each(v reflect.Value, fn func(to any)) {
	if v.Kind() == reflect.Pointer {
		if !v.IsNil() {
			fn(v.Interface())
		}
		return
	}
	for i := range v.Len() {
		if !v.Index(i).IsNil() {
			fn(v.Index(i).Interface())
		}
	}
}

func (it *item) op() Op {
	switch it.status {
	case fresh:
		return Insert
	case removed:
		return Delete
	default:
		return Update
	}
}

// edge reads one edge of an entity.
func (p *plan) edge(it *item, j int) (err error) {
	e := &it.t.edges[j]
	v := it.row.FieldByIndex(e.at)
	switch {
	case e.Relation == entity.ManyToMany:
		return p.many(it, j, v)
	case e.OwnsFK:
		each(v, func(to any) {
			if it.snap == nil || it.snap.ones[j] != to {
				err = p.refer(it, it.t.fieldNamed(e.Column), to)
			}
		})
	default:
		each(v, func(to any) {
			child := p.m.items[to]
			if child == nil || child.status == removed || it.snap != nil && it.snap.led(j, to) {
				return
			}
			if failed := p.refer(child, child.t.fieldNamed(e.Column), it.ptr); failed != nil {
				err = failed
			}
		})
	}
	return err
}

// led reports whether the edge led to the row before.
func (s *snapshot) led(j int, to any) bool {
	if s.ones[j] == to {
		return true
	}
	_, ok := s.many[j][to]
	return ok
}

// refer makes a foreign key lead to an entity. What the program has written into
// the field itself must not say otherwise.
func (p *plan) refer(it *item, field int, to any) error {
	f := &it.t.fields[field]
	target := p.m.items[to]
	if target != nil && target.status == removed {
		return fmt.Errorf("%s leads to a %s that is removed", f.Name, target.t.Name)
	}
	for _, r := range p.refs[it] {
		if r.field == field && r.to != target {
			return fmt.Errorf("its edges say two things about %s", f.Name)
		}
	}
	given := f.value(it.row)
	written := given != nil && !reflect.ValueOf(given).IsZero()
	if it.snap != nil && written {
		form, err := formOf(f.Field, given)
		if err != nil {
			return err
		}
		written = !same(form, it.snap.forms[field])
	}
	row := reflect.ValueOf(to).Elem()
	key := p.m.byType[row.Type()].keyOf(row)
	if written && key != given {
		return fmt.Errorf("%s and its edge lead to different rows", f.Name)
	}
	if target == nil || target.status != fresh {
		if other, twice := p.keys[it][field]; twice && other != key {
			return fmt.Errorf("its edges say two things about %s", f.Name)
		}
		if given != key {
			if p.keys[it] == nil {
				p.keys[it] = map[int]any{}
			}
			p.keys[it][field] = key
		}
		return nil
	}
	p.refs[it] = append(p.refs[it], reference{field, target})
	return nil
}

// settle writes the keys of edges into the structs. Only a flush does, once a
// rollback knows how they were.
func (p *plan) settle() {
	for it, keys := range p.keys {
		for field, key := range keys {
			it.t.fields[field].set(it.row, key)
		}
	}
}

// many compares an edge from many to many with what it was. What was not loaded
// is not removed.
func (p *plan) many(it *item, j int, v reflect.Value) error {
	e := &it.t.edges[j]
	now := map[any]bool{}
	each(v, func(to any) {
		now[to] = true
		if it.snap != nil && it.snap.led(j, to) {
			return
		}
		target := p.m.items[to]
		if target != nil && target.status == removed {
			return
		}
		if p.once(e, it.ptr, to) {
			p.joins[it] = append(p.joins[it], join{edge: e, to: target, key: p.keyAt(to), add: true})
		}
	})
	if it.snap == nil {
		return nil
	}
	for to := range it.snap.many[j] {
		if target := p.m.items[to]; !now[to] && !p.m.gone[to] && (target == nil || target.status != removed) && p.once(e, it.ptr, to) {
			p.joins[it] = append(p.joins[it], join{edge: e, key: p.keyAt(to)})
		}
	}
	return nil
}

func (p *plan) keyAt(ptr any) any {
	row := reflect.ValueOf(ptr).Elem()
	return p.m.byType[row.Type()].keyOf(row)
}

// once reports whether no side told of the pair before.
func (p *plan) once(e *link, owner, target any) bool {
	a, b := owner, target
	if e.OwnerColumn > e.TargetColumn {
		a, b = b, a
	}
	key := pair{e.JoinTable, a, b}
	if p.pairs[key] {
		return false
	}
	p.pairs[key] = true
	return true
}
