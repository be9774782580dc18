package scaffold_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/scaffold"
)

// project writes files into a new module.
func project(t *testing.T, files map[string]string) *scaffold.Project {
	t.Helper()
	root := t.TempDir()
	write(t, root, "go.mod", "module example.com/shop\n\ngo 1.26\n")
	for name, text := range files {
		write(t, root, name, text)
	}
	p, err := scaffold.Open(root)
	require.NoError(t, err)
	return p
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// request describes an entity as the command line does.
func request(t *testing.T, name string, specs ...string) scaffold.Request {
	t.Helper()
	r := scaffold.Request{Name: name, NoRepository: true}
	for _, spec := range specs {
		if strings.Contains(spec, ":o2") || strings.Contains(spec, ":m2") {
			e, err := scaffold.ParseEdge(spec)
			require.NoError(t, err)
			r.Edges = append(r.Edges, e)
			continue
		}
		f, err := scaffold.ParseField(spec)
		require.NoError(t, err)
		r.Fields = append(r.Fields, f)
	}
	return r
}

// after are the files that a plan leads to.
func after(t *testing.T, p *scaffold.Project, r scaffold.Request) map[string]string {
	t.Helper()
	plan, err := p.Plan(r)
	require.NoError(t, err)
	files := map[string]string{}
	for _, c := range plan.Changes {
		files[c.Path] = string(c.After)
	}
	return files
}

// entity is a schema as people write it.
func entity(name, body string) string {
	return `package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/mixin"
)

// ` + name + ` is documented.
type ` + name + ` struct{ ent.Schema }

// Mixin of the entity.
func (` + name + `) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (` + name + `) Fields() []ent.Field {
` + body + `}
`
}

const name = "\treturn []ent.Field{\n\t\tfield.String(\"name\"),\n\t}\n"

// Covers: K01, K02, K03, K05, K06.
func TestPlanWritesAnEntity(t *testing.T) {
	t.Parallel()
	files := after(t, project(t, nil), request(t, "BlogPost", "title:string:unique", "seen:int=0:index"))
	require.Equal(t, map[string]string{
		"ent/schema/doc.go": "// Package schema declares the entities of the application.\npackage schema\n",
		"ent/schema/blog_post.go": `package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// BlogPost is a blog post.
type BlogPost struct{ ent.Schema }

// Annotations of the entity.
func (BlogPost) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("blog_posts"),
		schema.Comment("A blog post."),
	}
}

// Mixin of the entity.
func (BlogPost) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}}
}

// Fields of the entity.
func (BlogPost) Fields() []ent.Field {
	return []ent.Field{
		field.String("title").Unique().
			Annotations(rule.Trim(), rule.Length(1, 255)),
		field.Int64("seen").Default(0),
	}
}

// Indexes of the entity.
func (BlogPost) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("seen").StorageKey("ix_blog_posts_seen"),
	}
}
`,
	}, files)
}

// A file never gets a name that means something else to Go.
func TestPlanAvoidsSpecialFileNames(t *testing.T) {
	t.Parallel()
	for entity, file := range map[string]string{"UnitTest": "unittest.go", "AppLinux": "applinux.go", "Linux": "linux.go", "TestUser": "test_user.go"} {
		require.Contains(t, after(t, project(t, nil), request(t, entity)), "ent/schema/"+file)
	}
}

// Both sides of every kind of relation are written, with the foreign key and
// what a delete does, and the other entity's comments stay.
//
// Covers: K07, K12, U15.
func TestPlanWritesBothSides(t *testing.T) {
	t.Parallel()
	post := entity("Post", "\treturn []ent.Field{\n\t\tfield.String(\"name\"), // what readers see\n\t\t// More to come.\n\t}\n")
	for spec, want := range map[string][2]string{
		"posts:Post:o2m": {
			`edge.To("posts", Post.Type).Annotations(entsql.OnDelete(entsql.SetNull)),`,
			`edge.From("user", User.Type).Ref("posts").Unique().Field("user_id"),`,
		},
		"posts:Post:o2m:required:inverse=author:field=user_id": {
			`edge.To("posts", Post.Type).Annotations(entsql.OnDelete(entsql.Restrict)),`,
			`edge.From("author", User.Type).Ref("posts").Unique().Required().Field("user_id"),`,
		},
		"post:Post:o2o:on-delete=cascade": {
			`edge.To("post", Post.Type).Unique().Annotations(entsql.OnDelete(entsql.Cascade)),`,
			`edge.From("user", User.Type).Ref("post").Unique().Field("user_id"),`,
		},
		"post:Post:m2o:required": {
			`edge.From("post", Post.Type).Ref("users").Unique().Required().Field("post_id"),`,
			`edge.To("users", User.Type).Annotations(entsql.OnDelete(entsql.Restrict)),`,
		},
		"post:Post:m2o:no-inverse": {
			`edge.To("post", Post.Type).Unique().Field("post_id").Annotations(entsql.OnDelete(entsql.SetNull)),`, "",
		},
		"posts:Post:m2m": {`edge.To("posts", Post.Type),`, `edge.From("users", User.Type).Ref("posts"),`},
	} {
		files := after(t, project(t, map[string]string{"ent/schema/post.go": post}), request(t, "User", "name", spec))
		require.Contains(t, files["ent/schema/user.go"], want[0], spec)
		if want[1] == "" {
			require.NotContains(t, files, "ent/schema/post.go", spec)
			continue
		}
		far := files["ent/schema/post.go"]
		require.Contains(t, far, "// Edges of the entity.\nfunc (Post) Edges() []ent.Edge {\n\treturn []ent.Edge{\n\t\t"+want[1]+"\n\t}\n}\n", spec)
		require.Contains(t, far, "field.String(\"name\"), // what readers see\n\t\t// More to come.\n", spec)
		key := `field.Int64("user_id")`
		switch {
		case strings.Contains(spec, "m2"):
			require.NotContains(t, far, key, spec)
			key = ""
		case strings.Contains(spec, "required"):
			key += ",\n"
		default:
			key += ".Optional().Nillable(),\n"
		}
		require.Contains(t, far, key, spec)
	}
}

// Covers: K12.
func TestPlanOfSpecialRelations(t *testing.T) {
	t.Parallel()
	p := project(t, map[string]string{
		"ent/schema/tag.go": strings.ReplaceAll(entity("Tag", name), "mixin.ID{}", "mixin.UUID{}"),
	})

	tree := after(t, p, request(t, "Category", "name", "children:Category:o2m"))["ent/schema/category.go"]
	require.Contains(t, tree, `field.Int64("parent_id").Optional().Nillable(),`)
	require.Contains(t, tree, `edge.To("children", Category.Type).Annotations(entsql.OnDelete(entsql.SetNull)),`)
	require.Contains(t, tree, `edge.From("parent", Category.Type).Ref("children").Unique().Field("parent_id"),`)

	// The foreign key has the type of the key that it refers to.
	post := after(t, p, request(t, "Post", "name", "tag:Tag:m2o"))["ent/schema/post.go"]
	require.Contains(t, post, `field.UUID("tag_id", uuid.UUID{}).Optional().Nillable(),`)

	// A pair is an entity of its own where the request says so.
	files := after(t, p, request(t, "Post", "name", "tags:Tag:m2m:through=PostTag"))
	require.Contains(t, files["ent/schema/post.go"], `edge.To("tags", Tag.Type).Through("post_tags", PostTag.Type),`)
	require.Contains(t, files["ent/schema/tag.go"], `edge.From("posts", Post.Type).Ref("tags").Through("post_tags", PostTag.Type),`)
	require.Contains(t, files["ent/schema/post_tag.go"], `field.ID("post_id", "tag_id"),`)

	r := request(t, "Post", "name", "tags:Tag:m2m")
	join, err := scaffold.ParseJoin("PostTag position:int=0 note:string?")
	require.NoError(t, err)
	r.Through = []scaffold.Join{join}
	pair := after(t, p, r)["ent/schema/post_tag.go"]
	require.Contains(t, pair, `field.Int64("position").Default(0),`)
	require.Contains(t, pair, `index.Fields("post_id", "tag_id").Unique().StorageKey("uq_post_tags_post_id_tag_id"),`)

	// An entity that is not there is made on request only.
	missing := request(t, "Post", "name", "author:User:m2o:key=uuid")
	_, err = p.Plan(missing)
	require.ErrorContains(t, err, "--create-targets")
	missing.CreateTargets = true
	files = after(t, p, missing)
	require.Contains(t, files["ent/schema/user.go"], "mixin.UUID{}")
	require.Contains(t, files["ent/schema/user.go"], `edge.To("posts", Post.Type)`)
}

// Whatever shape the list has, a field finds its place.
//
// Covers: K07.
func TestPlanEditsEveryShape(t *testing.T) {
	t.Parallel()
	const added = "field.Bool(\"new\").Default(false),\n"
	for body, want := range map[string]string{
		name: "\treturn []ent.Field{\n\t\tfield.String(\"name\"),\n\t\t" + added + "\t}\n",
		"\treturn []ent.Field{field.String(\"a\"), field.String(\"b\")}\n": "\treturn []ent.Field{\n\t\tfield.String(\"a\"), field.String(\"b\"),\n\t\t" + added + "\t}\n",
		"\treturn []ent.Field{}\n": "\treturn []ent.Field{\n\t\t" + added + "\t}\n",
		"\treturn nil\n":           "\treturn []ent.Field{\n\t\t" + added + "\t}\n",
		"\treturn append(mixin.ID{}.Fields(),\n\t\tfield.String(\"a\"),\n\t)\n":       "\treturn append(mixin.ID{}.Fields(),\n\t\tfield.String(\"a\"),\n\t\t" + added + "\t)\n",
		"\treturn append(mixin.ID{}.Fields(), mixin.Version{}.Fields()...)\n":         "\treturn append(append(mixin.ID{}.Fields(), mixin.Version{}.Fields()...),\n\t\t" + added + "\t)\n",
		"\tlist := mixin.ID{}.Fields()\n\treturn list\n":                              "\tlist := mixin.ID{}.Fields()\n\treturn append(list,\n\t\t" + added + "\t)\n",
		"\treturn []ent.Field{\n\t\tfield.String(\"a\"), // a, b\n\t\t/* c */\n\t}\n": "\treturn []ent.Field{\n\t\tfield.String(\"a\"), // a, b\n\t\t/* c */\n\t\t" + added + "\t}\n",
	} {
		r := request(t, "User", "new:bool")
		r.Update = true
		got := after(t, project(t, map[string]string{"ent/schema/user.go": entity("User", body)}), r)
		require.Equal(t, entity("User", want), got["ent/schema/user.go"], body)
	}

	branches := "\tif true {\n\t\treturn nil\n\t}\n\treturn nil\n"
	r := request(t, "User", "new:bool")
	r.Update = true
	_, err := project(t, map[string]string{"ent/schema/user.go": entity("User", branches)}).Plan(r)
	var wrong *scaffold.EditError
	require.ErrorAs(t, err, &wrong)
	require.ErrorContains(t, err, "User.Fields in ent/schema/user.go")
	require.ErrorContains(t, err, "by hand")
}

// Packages keep the names that the file gives them.
func TestPlanUsesTheNamesOfImports(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer(`"entgo.io/ent/schema/field"`, `f "entgo.io/ent/schema/field"`, "field.", "f.").Replace(entity("User", name))
	r := request(t, "User", "new:bool", "at:time=now", "day:date=today")
	r.Update = true
	got := after(t, project(t, map[string]string{"ent/schema/user.go": src}), r)["ent/schema/user.go"]
	require.Contains(t, got, `f.Bool("new")`)
	require.Contains(t, got, `import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	f "entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/mixin"
)
`)
}

// What is unique in an entity with tenants is so within each, and adding the
// mixin later says what that takes.
func TestPlanOfTenants(t *testing.T) {
	t.Parallel()
	p := project(t, map[string]string{"ent/schema/user.go": entity("User", name)})
	r := request(t, "Account", "name:string:unique", "note:text?")
	r.Mixins = []string{"version", "tenant", "soft-delete"}
	got := after(t, p, r)["ent/schema/account.go"]
	require.Contains(t, got, "mixin.ID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Tenant{}, mixin.Version{}}")
	require.Contains(t, got, `index.Fields("tenant_id", "name").Unique().StorageKey("uq_accounts_tenant_id_name")`)
	require.NotContains(t, got, `field.String("name").Unique()`)

	taken := request(t, "Account", "tenant_id:string")
	taken.Mixins = []string{"tenant"}
	_, err := p.Plan(taken)
	require.ErrorContains(t, err, "mixin.Tenant{} gives it to the entity already")

	plan, err := p.Plan(scaffold.Request{Name: "User", Mixins: []string{"tenant"}, Update: true})
	require.NoError(t, err)
	require.Contains(t, strings.Join(plan.Warnings, "\n"), "tenant_id is required and has no default")
	for _, clash := range []string{"Total", "Pagination", "Trashed", "UserPage", "UserKey"} {
		_, err := p.Plan(request(t, clash))
		require.Error(t, err, clash)
	}
}

// An entity is never overwritten: it is completed on request, and only what is
// named is replaced.
//
// Covers: K07, K15.
func TestPlanOfAnEntityThatExists(t *testing.T) {
	t.Parallel()
	p := project(t, map[string]string{"ent/schema/user.go": entity("User", "\treturn []ent.Field{\n\t\t// The name.\n\t\tfield.String(\"name\"), // kept\n\t}\n")})
	r := request(t, "User", "name:text", "phone:string?")

	_, err := p.Plan(r)
	var exists *scaffold.ExistsError
	require.ErrorAs(t, err, &exists)
	require.Equal(t, &scaffold.ExistsError{Entity: "User", File: "ent/schema/user.go", Missing: []string{"phone"}, Present: []string{"name"}}, exists)

	r.Update = true
	got := after(t, p, r)["ent/schema/user.go"]
	require.Contains(t, got, "\t\t// The name.\n\t\tfield.String(\"name\"), // kept\n\t\tfield.String(\"phone\").Optional().Nillable().\n")

	r.Update, r.Force = false, true
	got = after(t, p, r)["ent/schema/user.go"]
	require.Contains(t, got, "\t\t// The name.\n\t\tfield.Text(\"name\").\n\t\t\tAnnotations(rule.NotBlank()), // kept\n\t\tfield.String(\"phone\")")

	// A mixin is a part of it too.
	m := scaffold.Request{Name: "User", Mixins: []string{"soft-delete"}, Update: true}
	require.Contains(t, after(t, p, m)["ent/schema/user.go"], "mixin.SoftDelete{},\n")

	// Without anything to add nothing changes.
	r = request(t, "User", "name")
	r.Update = true
	plan, err := p.Plan(r)
	require.NoError(t, err)
	require.Empty(t, plan.Changes)
}

// What does not fit together is refused before anything is written.
//
// Covers: K14.
func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	p := project(t, map[string]string{
		"ent/schema/post.go":  entity("Post", name),
		"ent/schema/order.go": "package schema\n",
		"ent/schema/state.go": entity("UserStatus", name),
	})
	for text, r := range map[string]scaffold.Request{
		"the code generated for Post has a type":      request(t, "PostEdge"),
		"differ in capitals only":                     request(t, "POST"),
		"Timestamps{} gives it to the entity already": request(t, "User", "created_at:time"),
		"collides with the field name":                request(t, "User", "name", "name:text"),
		"collides with the field age_gt":              request(t, "User", "age_gt:int", "age:int"),
		"which is formed of the field age":            request(t, "User", "age:int", "age_gt:int"),
		"give --allow-reserved":                       request(t, "Group"),
		"which is an entity; rename the field":        request(t, "User", "status:enum(a,b)"),
		"cannot be required: the first row":           request(t, "Category", "children:Category:o2m:required"),
		"name the way back":                           request(t, "User", "friends:User:m2m"),
		"there is no mixin \"nope\"":                  {Name: "User", Mixins: []string{"nope"}},
		"there is no key \"text\"":                    {Name: "User", ID: "text"},
		"it has capitals":                             {Name: "User", Table: "Users"},
		"which relation goes through":                 {Name: "User", Through: []scaffold.Join{{Name: "X"}}},
		"has name already; name the way back":         request(t, "User", "posts:Post:o2m:inverse=name"),
		"does not declare the entity":                 withReserved(request(t, "Order")),
		"there is no entity Nobody":                   request(t, "User", "x:Nobody:m2o"),
	} {
		_, err := p.Plan(r)
		require.ErrorContains(t, err, text)
	}
	_, err := scaffold.Open(t.TempDir())
	var wrong *scaffold.ProjectError
	require.ErrorAs(t, err, &wrong)
}

func withReserved(r scaffold.Request) scaffold.Request {
	r.AllowReserved = true
	return r
}
