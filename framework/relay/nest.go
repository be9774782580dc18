package relay

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// The operations of a nested input.
const (
	opCreate          = "create"
	opConnect         = "connect"
	opConnectOrCreate = "connectOrCreate"
	opDisconnect      = "disconnect"
	opSet             = "set"
)

// link is what changes at an edge through which both sides have many rows, or
// at one whose key is a column of its target.
type link struct {
	edge   *entity.Edge
	path   string
	add    []*ref
	remove []any
	only   bool // nothing but what is added stays there
}

// nestedInput is what an input says of one edge.
type nestedInput struct {
	plan  *plan
	row   *writing
	edge  *entity.Edge
	ops   Nested
	path  string
	depth int
}

// nest plans what an input does at the edges of its row.
func (p *plan) nest(w *writing, input, unset Input, in nesting) error {
	e := w.scope.entity
	for _, edge := range e.Edges {
		ops := NestedOf(w.scope.registry, e, edge, w.creating())
		if !ops.Any() || edge.OwnsFK && e.ByColumn(edge.Column) == in.without {
			continue
		}
		v, given := input[edge.GraphQL]
		delete(unset, edge.GraphQL)
		n := &nestedInput{p, w, edge, ops, w.path + "." + edge.GraphQL, in.depth + 1}
		if edge.OwnsFK && !n.agrees(input, given) || !given {
			continue
		}
		if edge.OwnsFK { // whatever comes of it, the key is not missing
			w.keys[e.ByColumn(edge.Column)] = &ref{path: n.path}
		}
		if err := n.read(v); err != nil {
			return err
		}
	}
	return nil
}

// agrees makes sure that a foreign key is given once: as a field or at its
// edge.
func (n *nestedInput) agrees(input Input, nested bool) bool {
	f := n.row.scope.entity.ByColumn(n.edge.Column)
	v, plain := input[f.GraphQL]
	switch {
	case plain && nested:
		n.plan.fault(n.path, rule.CodeInvalid, "cannot be combined with "+f.GraphQL+"; give one of them")
		return false
	case n.row.creating() && f.Required && v == nil && !nested:
		n.plan.fault(n.row.path+"."+f.GraphQL, rule.CodeRequired, "is required: give "+f.GraphQL+" or "+n.edge.GraphQL)
		return false
	}
	return true
}

func (n *nestedInput) read(v any) error {
	p := n.plan
	if n.depth > p.limits.MaxNesting {
		return bad(n.path, "is nested deeper than %d levels", p.limits.MaxNesting)
	}
	input, ok := asInput(v)
	if !ok {
		p.fault(n.path, rule.CodeType, "must be an object with "+n.names())
		return nil
	}
	unset := maps.Clone(input)
	given := 0
	for _, op := range n.offered() {
		arg, ok := input[op]
		if !ok {
			continue
		}
		delete(unset, op)
		given++
		if arg == nil {
			p.fault(n.path+"."+op, rule.CodeNull, "must not be null; leave it out")
			continue
		}
		if err := n.apply(op, arg); err != nil {
			return err
		}
	}
	if !n.edge.ToMany() && given != 1 && len(unset) == 0 {
		p.fault(n.path, rule.CodeInvalid, "takes one of "+n.names())
	}
	p.unknown(n.path, unset)
	return nil
}

// offered lists the operations in the order in which they take effect.
func (n *nestedInput) offered() []string {
	var ops []string
	for _, o := range []struct {
		name string
		on   bool
	}{
		{opDisconnect, n.ops.Disconnect},
		{opSet, n.ops.Set},
		{opConnect, n.ops.Connect},
		{opConnectOrCreate, n.ops.ConnectOrCreate},
		{opCreate, n.ops.Create},
	} {
		if o.on {
			ops = append(ops, o.name)
		}
	}
	return ops
}

func (n *nestedInput) names() string { return strings.Join(n.offered(), ", ") }

func (n *nestedInput) apply(op string, v any) error {
	if op == opDisconnect {
		return n.disconnect(v)
	}
	list, path := []any{v}, func(int) string { return n.path + "." + op }
	if n.edge.ToMany() {
		list = items(v)
		path = func(i int) string { return fmt.Sprintf("%s.%s[%d]", n.path, op, i) }
	}
	if op == opSet {
		n.link().only = true
	}
	for i, item := range list {
		var err error
		switch op {
		case opCreate:
			err = n.create(path(i), item, nil)
		case opConnectOrCreate:
			err = n.connectOrCreate(path(i), item)
		default:
			err = n.connect(path(i), item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// link is what changes at the edge, made where there is none yet.
func (n *nestedInput) link() *link {
	for _, l := range n.row.links {
		if l.edge == n.edge {
			return l
		}
	}
	l := &link{edge: n.edge, path: n.path}
	n.row.links = append(n.row.links, l)
	return l
}

func (n *nestedInput) target() *entity.Entity { return n.row.scope.registry[n.edge.Target] }

// key decodes an id; what is wrong with it is a fault.
func (n *nestedInput) key(path string, v any) (any, error) {
	if err := n.plan.spend(1); err != nil {
		return nil, err
	}
	id, ok := v.(string)
	if !ok {
		n.plan.fault(path, rule.CodeType, "must be an ID")
		return nil, nil //nolint:nilnil // a fault
	}
	key, err := decodeKey(n.target(), id)
	if wrong, ok := errors.AsType[*ArgumentError](err); ok {
		n.plan.fault(path, rule.CodeType, wrong.Reason)
		return nil, nil //nolint:nilnil // a fault
	}
	return key, err
}

func (n *nestedInput) connect(path string, v any) error {
	key, err := n.key(path, v)
	if key == nil || err != nil {
		return err
	}
	r := &ref{path: path, target: n.target(), key: key}
	n.row.given = append(n.row.given, r)
	n.attach(r)
	return nil
}

// attach brings a row to the edge.
func (n *nestedInput) attach(r *ref) {
	switch {
	case n.edge.OwnsFK:
		n.row.keys[n.row.scope.entity.ByColumn(n.edge.Column)] = r
		n.row.dirty = true
	default:
		l := n.link()
		l.add = append(l.add, r)
		if n.edge.Relation != entity.ManyToMany && (r.where != nil || r.row == nil) {
			n.plan.moves = append(n.plan.moves, &move{ref: r, owner: n.row, edge: n.edge})
		}
	}
}

// create plans a new row at the edge; choice is set where it is only made if
// there is none with a key.
func (n *nestedInput) create(path string, v any, choice *ref) error {
	input, ok := asInput(v)
	if !ok {
		n.plan.fault(path, rule.CodeType, "must be an object")
		return nil
	}
	in := nesting{parent: n.row, depth: n.depth, without: withoutKey(n.row.scope.registry, n.row.scope.entity, n.edge)}
	made, err := n.plan.create(n.edge.Target, path, input, in)
	if err != nil {
		return err
	}
	if choice != nil {
		made.choice, choice.row = choice, made
		n.attach(choice)
		return nil
	}
	n.attach(made.self())
	return nil
}

func (n *nestedInput) connectOrCreate(path string, v any) error {
	input, ok := asInput(v)
	if !ok {
		n.plan.fault(path, rule.CodeType, "must be an object with where and create")
		return nil
	}
	where := n.plan.uniqueKey(n.target(), path+".where", input["where"], withoutKey(n.row.scope.registry, n.row.scope.entity, n.edge))
	choice := &ref{path: path, target: n.target(), where: where}
	if where == nil {
		return nil // a fault
	}
	return n.create(path+".create", input["create"], choice)
}

// disconnect takes rows from the edge: those with the ids or, at an edge to
// one, the row that is there.
func (n *nestedInput) disconnect(v any) error {
	if n.edge.ToMany() {
		l := n.link()
		for i, item := range items(v) {
			key, err := n.key(fmt.Sprintf("%s.%s[%d]", n.path, opDisconnect, i), item)
			if err != nil {
				return err
			}
			if key != nil {
				l.remove = append(l.remove, key)
			}
		}
		return nil
	}
	switch {
	case v != true:
		n.plan.fault(n.path+"."+opDisconnect, rule.CodeInvalid, "must be true; leave it out to keep what is there")
	case n.edge.OwnsFK:
		n.row.dirty = true
		key := n.row.scope.entity.ByColumn(n.edge.Column)
		delete(n.row.keys, key)
		if err := n.row.change.Mutation.ClearField(key.Name); err != nil {
			return writeError(n.row.scope.entity.Name, err)
		}
	default:
		n.link().only = true
	}
	return nil
}
