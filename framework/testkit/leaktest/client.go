package leaktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent"
	"entgo.io/ent/entc/gen"

	"github.com/framefox-go/framefox/framework/entity"
)

func newOf(t reflect.Type) reflect.Value { return reflect.New(t) }

// of returns the client of an entity.
func (r *run) of(e *entity.Entity) reflect.Value {
	return reflect.ValueOf(r.Client).Elem().FieldByName(e.Name)
}

// call calls a method with the viewer's context in front, and gives the text of
// what it returns.
func (r *run) call(v reflect.Value, method string, args ...any) string {
	in := []reflect.Value{reflect.ValueOf(r.ctx)}
	for _, a := range args {
		in = append(in, reflect.ValueOf(a))
	}
	out := v.MethodByName(method).Call(in)
	if err, failed := reflect.TypeAssert[error](out[len(out)-1]); failed {
		return "error: " + err.Error()
	}
	if len(out) == 1 {
		return "done"
	}
	text, err := json.Marshal(out[0].Interface())
	if err != nil {
		return "error: " + err.Error()
	}
	var answer any
	if err := json.Unmarshal(text, &answer); err != nil {
		return string(text)
	}
	return sorted(answer)
}

// sorted is the text of a document whose lists are in no order, as the client
// was asked for none.
func sorted(v any) string {
	switch v := v.(type) {
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = sorted(item)
		}
		slices.Sort(items)
		return "[" + strings.Join(items, ",") + "]"
	case map[string]any:
		var items []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			items = append(items, key+":"+sorted(v[key]))
		}
		return "{" + strings.Join(items, ",") + "}"
	default:
		return fmt.Sprint(v)
	}
}

// pascal is a name as the generated client writes it.
func pascal(name string) string { return gen.Funcs["pascal"].(func(string) string)(name) }

// pascalItem is the same of one row at an edge to many.
func pascalItem(edge *entity.Edge) string {
	return pascal(gen.Funcs["singular"].(func(string) string)(edge.Name))
}

// clientAnswers asks the generated client for the row and for what leads to it.
func (r *run) clientAnswers(t *testing.T, e *entity.Entity, key any) map[string]string {
	t.Helper()
	out := map[string]string{}
	out["client get"] = r.call(r.of(e), "Get", key)
	for _, x := range r.Entities {
		query := func() reflect.Value { return r.of(x).MethodByName("Query").Call(nil)[0] }
		near := x == e
		for _, edge := range x.Edges {
			near = near || edge.Target == e.Name
		}
		if !near || !single(x) {
			continue
		}
		name := "client " + x.Name
		out[name+" count"] = r.call(query(), "Count")
		out[name+" ids"] = r.call(query(), "IDs")
		out[name+" exist"] = r.call(query(), "Exist")
		for _, edge := range x.Edges {
			if edge.Target != e.Name {
				continue
			}
			method := pascal(edge.Name)
			if with := query(); with.MethodByName("With" + method).IsValid() {
				out[name+" with "+edge.Name] = r.call(with.MethodByName("With" + method).Call(nil)[0], "All")
			} else {
				t.Errorf("leaktest: the client of %s has no With%s", x.Name, method)
			}
			if next := query(); next.MethodByName("Query" + method).IsValid() {
				at := next.MethodByName("Query" + method).Call(nil)[0]
				out[name+" then "+edge.Name] = r.call(at, "Count") + r.call(at, "IDs")
			}
		}
	}
	return out
}

// clientWrites tries to change the row, and to link others to it, with the
// generated client.
func (r *run) clientWrites(t *testing.T, e *entity.Entity, key any) map[string]string {
	t.Helper()
	out := map[string]string{}
	one := func(method string) reflect.Value {
		return r.of(e).MethodByName(method).Call([]reflect.Value{reflect.ValueOf(key)})[0]
	}
	out["client delete"] = r.call(one("DeleteOneID"), "Exec")
	for _, f := range e.Fields[1:] {
		if f.Kind != entity.String || !f.Update || f.Target != "" {
			continue
		}
		u := one("UpdateOneID")
		m, _ := reflect.TypeAssert[ent.Mutation](u.MethodByName("Mutation").Call(nil)[0])
		if err := m.SetField(f.Name, "leaktest"); err != nil {
			t.Errorf("leaktest: cannot set %s.%s: %v", e.Name, f.Name, err)
		}
		out["client update"] = r.call(u, "Exec")
		break
	}
	if !e.Rows.Private() && e.Tenant == nil {
		return out // the client leaves references to deleted rows to who uses it
	}
	for _, x := range r.Entities {
		if len(r.rows[x.Name]) == 0 {
			continue
		}
		for _, edge := range x.Edges {
			if edge.Target != e.Name || !edge.ToMany() || !single(x) {
				continue
			}
			at := r.rows[x.Name][len(r.rows[x.Name])-1]
			u := r.of(x).MethodByName("UpdateOneID").Call([]reflect.Value{reflect.ValueOf(at)})[0]
			m := u.MethodByName("Mutation").Call(nil)[0]
			add := m.MethodByName("Add" + pascalItem(edge) + "IDs")
			if !add.IsValid() {
				t.Errorf("leaktest: %s cannot add at %s", m.Type(), edge.Name)
				continue
			}
			add.Call([]reflect.Value{reflect.ValueOf(key)})
			out[fmt.Sprintf("client link %s.%s", x.Name, edge.Name)] = r.call(u, "Exec")
		}
		for _, f := range x.Fields {
			if f.Target != e.Name || !f.Update || !single(x) {
				continue
			}
			at := r.rows[x.Name][len(r.rows[x.Name])-1]
			u := r.of(x).MethodByName("UpdateOneID").Call([]reflect.Value{reflect.ValueOf(at)})[0]
			m, _ := reflect.TypeAssert[ent.Mutation](u.MethodByName("Mutation").Call(nil)[0])
			if err := m.SetField(f.Name, key); err != nil {
				t.Errorf("leaktest: cannot set %s.%s: %v", x.Name, f.Name, err)
			}
			out["client set "+x.Name+"."+f.Name] = r.call(u, "Exec")
		}
	}
	return out
}
