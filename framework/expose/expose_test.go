package expose_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/expose"
)

// Fields are annotated where they are declared.
func Example() {
	fields := []*field.Descriptor{
		field.Bool("is_admin").Annotations(expose.ReadOnly()).Descriptor(),
		field.Int64("user_id").Annotations(expose.CreateOnly()).Descriptor(),
		field.String("notes").Annotations(expose.Hidden()).Descriptor(),
	}
	for _, f := range fields {
		e := f.Annotations[0].(expose.Exposure)
		fmt.Printf("%s: read %t, create %t, update %t\n", f.Name, !e.NoRead, !e.NoCreate, !e.NoUpdate)
	}
	// Output:
	// is_admin: read true, create false, update false
	// user_id: read true, create true, update false
	// notes: read false, create false, update false
}

// Covers: B46, B55.
func TestExposures(t *testing.T) {
	t.Parallel()
	require.Equal(t, expose.Exposure{NoRead: true, NoCreate: true, NoUpdate: true, NoDelete: true}, expose.Hidden())
	require.Equal(t, expose.Exposure{NoCreate: true, NoUpdate: true, NoDelete: true}, expose.ReadOnly())
	require.Equal(t, expose.Exposure{NoUpdate: true}, expose.CreateOnly())
	require.Equal(t, expose.Exposure{Type: "Money"}, expose.As("Money"))
}

// What one annotation takes away, no other gives back, whatever their order.
//
// Covers: B46.
func TestMerge(t *testing.T) {
	t.Parallel()
	all := []expose.Exposure{{}, expose.Hidden(), expose.ReadOnly(), expose.CreateOnly(), {NoDelete: true}}
	for _, a := range all {
		for _, b := range all {
			ab, ba := a.Merge(b), b.Merge(a)
			require.Equal(t, ab, ba)
			require.Equal(t, ab, a.Merge(&b))
			require.Equal(t, ab, ab.(expose.Exposure).Merge(a))
			require.Equal(t, a, a.Merge(expose.Exposure{}))
		}
	}
	typed := expose.As("Money").Merge(expose.ReadOnly()).(expose.Exposure)
	require.Equal(t, "Money", typed.Type)
	require.True(t, typed.NoUpdate)
	require.Equal(t, "Cents", typed.Merge(expose.As("Cents")).(expose.Exposure).Type, "the last type counts")
	require.Equal(t, typed, typed.Merge(schema.Comment("x")), "another annotation is none of its business")

	raw, err := json.Marshal(expose.Hidden())
	require.NoError(t, err)
	var back expose.Exposure
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, expose.Hidden(), back, "the generator reads it through JSON")
}
