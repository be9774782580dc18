package diagram_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/diagram"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// blog is the diagram of an application with 21 entities.
func blog(t *testing.T) *diagram.Diagram {
	t.Helper()
	text, err := os.ReadFile("testdata/blog.json")
	require.NoError(t, err)
	d := &diagram.Diagram{}
	require.NoError(t, json.Unmarshal(text, d))
	require.Len(t, d.Entities, 21)
	return d
}

func render(t require.TestingT, d *diagram.Diagram, f diagram.Format) string {
	text, err := d.Render(f)
	require.NoError(t, err)
	return string(text)
}

// hostile are names and comments that mean something to one of the formats.
func hostile() []string {
	return []string{
		`"><script>alert(1)</script>`, `</title></svg><img src=x onerror=alert(1)>`, `</script><script>alert(1)</script>`,
		`]]>`, `-->`, `{{.}}`, "a\nb", "a\x00b\x1b", "`x`", "```", `a|b`, `a\`, `'); DROP TABLE users; --`, `%%{init: {}}%%`,
		`direction TB`, `one`, `to`, `u`, `class`, `2fa`, `fk-id`, `PK`, `é`, `日本語のとても長い名前の列です`, `👩‍👩‍👧‍👦`, "\u202eabc", ` `, ``,
		`#quot;`, `javascript:alert(1)`, `&lt;b&gt;`, strings.Repeat("long_name_", 20), "\xff\xfe", `__proto__`, `constructor`,
	}
}

// hostileTables are tables with all of that, joined in a ring.
func hostileTables() []*schema.Table {
	var list []*schema.Table
	for _, name := range hostile() {
		id := &schema.Column{Name: name, Type: field.TypeInt64, Comment: name}
		next := &schema.Column{Name: "x" + name, Type: field.TypeInt64, Nullable: true}
		enum := &schema.Column{
			Name: name + "_", Type: field.TypeEnum, Enums: hostile(),
			SchemaType: map[string]string{"mysql": name, "postgres": name, "sqlite3": name},
		}
		list = append(list, &schema.Table{
			Name: name, Comment: name, Columns: []*schema.Column{id, next, enum}, PrimaryKey: []*schema.Column{id},
			Indexes: []*schema.Index{{Unique: true, Columns: []*schema.Column{id, next}}},
		})
	}
	for i, t := range list {
		ref := list[(i+1)%len(list)]
		t.ForeignKeys = []*schema.ForeignKey{{Columns: t.Columns[1:2], RefTable: ref, RefColumns: ref.PrimaryKey}}
	}
	return list
}
