package scaffold_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/scaffold"
)

// Every type and modifier is read, and written again in one way.
//
// Covers: K10, K11.
func TestParseField(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"title":                              "title:string",
		"createdOn:date":                     "created_on:date",
		"title:string:unique:max=200":        "title:string:unique:max=200",
		"title:string(200)":                  "title:string:max=200",
		"bio:text?":                          "bio:text?",
		"bio:text:nillable":                  "bio:text?",
		"n:integer=3:min=-1:max=9:index":     "n:int=3:index:min=-1:max=9",
		"rate:float?:min=0.5":                "rate:float?:min=0.5",
		"price:decimal=19.99:min=0":          "price:decimal=19.99:min=0",
		"price:money(4)":                     "price:decimal(4)",
		"price:decimal(10,3)":                "price:decimal(3)",
		"ok:boolean=true":                    "ok:bool=true",
		"at:datetime=now:immutable":          "at:time=now:immutable",
		`at:time="2026-01-01T00:00:00Z"`:     `at:time="2026-01-01T00:00:00Z"`,
		"day:date=today":                     "day:date=today",
		"status:enum(draft,published)=draft": "status:enum(draft,published)=draft",
		"status:enum( a , 'b' )?":            "status:enum(a,b)?",
		"data:dict":                          "data:json",
		"tags:list":                          "tags:list",
		"ref:uuid=random:unique":             "ref:uuid=random:unique",
		"blob:bytes:max=1000":                "blob:bytes:max=1000",
		"pin:password":                       "pin:password",
		"mail:email:unique":                  "mail:email:unique",
		"site:url?":                          "site:url?",
		"slug:slug:unique":                   "slug:slug:unique",
		"key:string:sensitive:hidden":        "key:string:sensitive:hidden",
		"seen:int=0:read_only":               "seen:int=0:read-only",
		`a:string:comment="it's a: \"b\""`:   `a:string:comment="it's a: \"b\""`,
		`a:string='x:y'`:                     `a:string="x:y"`,
		"a:string:comment=don't":             `a:string:comment="don't"`,
		"type:string":                        "type:string",
		"order:int":                          "order:int",
	} {
		field, err := scaffold.ParseField(spec)
		require.NoError(t, err, spec)
		require.Equal(t, want, field.String(), spec)
	}
}

// What is wrong is named, with where it stands.
func TestParseFieldRefuses(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]struct{ part, reason string }{
		"":                              {"", "it is empty"},
		"2fa:string":                    {"2fa", "begins with a digit"},
		"a/b:string":                    {"a/b", "contains a path"},
		"naïve:string":                  {"naïve", "U+00EF"},
		"id:int":                        {"id", "--id"},
		"value:int":                     {"value", "generated code"},
		"a:decmal":                      {"decmal", "there is no type decmal; give one of string,"},
		"a:relation":                    {"relation", "--edge"},
		"a:":                            {"", "the type is missing"},
		"a:string::unique":              {"", "nothing between two colons"},
		"a:string:uniqe":                {"uniqe", "there is no modifier uniqe"},
		"a:string:unique=yes":           {"unique=yes", "takes no value"},
		"a:string:max":                  {"max", "needs a value"},
		"a:string:max=0":                {"0", "whole number from 1"},
		"a:string:max=x":                {"x", "whole number from 1"},
		"a:string:max=20000":            {"20000", "use the type text"},
		"a:string:unique:max=1000":      {"1000", "at most 768"},
		"a:string:min=300":              {"300", "give max= too"},
		"a:int:min=9:max=1":             {"9", "above max"},
		"a:int=1.5":                     {"1.5", "not a whole number"},
		"a:int=99999999999999999999":    {"99999999999999999999", "not a whole number of 64 bits"},
		"a:int:max=9223372036854775807": {"9223372036854775807", "kept exactly"},
		"a:decimal=1.999":               {"1.999", "more than 2 digits"},
		"a:float=NaN":                   {"NaN", "is not a number"},
		"a:bool=yes":                    {"yes", "true or false"},
		"a:enum":                        {"enum", "needs its values"},
		"a:enum(x,X)":                   {"X", "same name in Go"},
		"a:enum(x,true)":                {"true", "GraphQL"},
		"a:enum(x-y)":                   {"x-y", "U+002D"},
		"a:enum(x,y)=z":                 {"z", "x, y"},
		"a:enum(x":                      {"", "parenthesis is not closed"},
		"a:text:unique":                 {"unique", "cannot be unique"},
		"a:json:index":                  {"index", "cannot have an index"},
		"a:string:unique:index":         {"index", "has an index already"},
		"a:string=x:unique":             {"x", "collide"},
		"a:string=x:default=y":          {"default=y", "given twice"},
		"a:time=yesterday":              {"yesterday", "now, or an instant"},
		"a:email=nobody":                {"nobody", "e-mail"},
		"password:string":               {"password", "password:password"},
		"password:password?":            {"", "leave the modifier out"},
		"a:string:max=9:max=9":          {"max=9", "given twice"},
		`a:string:comment="open`:        {`"open`, "quote is not closed"},
		`a:string:comment="a"b`:         {`"a"b`, "behind the closing quote"},
		"a:string:comment=\x00":         {"\x00", "control character"},
		"a:string?x":                    {"x", "may follow the type"},
		"a:int(3)":                      {"(3)", "nothing in parentheses"},
	} {
		_, err := scaffold.ParseField(spec)
		var wrong *scaffold.SpecError
		require.ErrorAs(t, err, &wrong, spec)
		require.Equal(t, want.part, wrong.Part, spec)
		require.ErrorContains(t, err, want.reason, spec)
		require.Equal(t, want.part, spec[wrong.Offset:wrong.Offset+len(wrong.Part)], spec)
	}
}

// Covers: K12.
func TestParseEdge(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"posts:Post:o2m":                                  "posts:Post:o2m",
		"author:user:many-to-one:required":                "author:User:m2o:required",
		"tags:Tag:m2m:through=post_tag":                   "tags:Tag:m2m:through=PostTag",
		"profile:UserProfile:o2o:on_delete=CASCADE":       "profile:UserProfile:o2o:on-delete=cascade",
		"org:Organization:m2o:key=uuid:inverse=users":     "org:Organization:m2o:inverse=users:key=uuid",
		"author:User:m2o:field=user_id:no-inverse":        "author:User:m2o:no-inverse:field=user_id",
		"parent:Category:m2o:on-delete=restrict:optional": "parent:Category:m2o:on-delete=restrict",
	} {
		edge, err := scaffold.ParseEdge(spec)
		require.NoError(t, err, spec)
		require.Equal(t, want, edge.String(), spec)
	}
	for spec, want := range map[string]struct{ part, reason string }{
		"posts":                     {"", "name:Entity:kind"},
		"posts:Post":                {"", "name:Entity:kind"},
		"posts:../Post:o2m":         {"../Post", "contains a path"},
		"posts:Post:x2y":            {"x2y", "o2o, o2m, m2o or m2m"},
		"posts:Post:o2m:no-inverse": {"no-inverse", "foreign key"},
		"posts:Post:o2m:required:on-delete=set-null": {"on-delete", "cannot be set to NULL"},
		"posts:Post:o2m:on-delete=nothing":           {"on-delete=nothing", "cascade, restrict or set-null"},
		"posts:Post:o2m:inverse=1":                   {"inverse=1", "begins with a digit"},
		"posts:Post:o2m:through=X":                   {"through=", "many to many"},
		"tags:Tag:m2m:required":                      {"required", "cannot be required"},
		"posts:Post:o2m:inverse":                     {"inverse", "needs a value"},
		"posts:Post:o2m:nope":                        {"nope", "no modifier"},
	} {
		_, err := scaffold.ParseEdge(spec)
		var wrong *scaffold.SpecError
		require.ErrorAs(t, err, &wrong, spec)
		require.Equal(t, want.part, wrong.Part, spec)
		require.ErrorContains(t, err, want.reason, spec)
	}
}

// No description makes the parsers panic; what they take they write so that
// they take it again, and what they refuse they find in the description.
func FuzzParse(f *testing.F) {
	for _, spec := range []string{
		"title:string:unique:max=200", `a:string="x\"y":comment='z'`, "s:enum(a,'b,c')?=a", "p:decimal(3)=1.5:min=0", "posts:Post:o2m:inverse=author",
		"a:int=1e999999999", "t:time=\"2026-01-01T00:00:00Z\"", "a:enum(\"", "a:string:", "::", "PostTag position:int=0 note:string?",
	} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		refused := func(err error) bool {
			if wrong, ok := errors.AsType[*scaffold.SpecError](err); ok {
				require.Equal(t, wrong.Part, wrong.Spec[wrong.Offset:wrong.Offset+len(wrong.Part)])
				require.Contains(t, spec, wrong.Spec)
			} else {
				require.NoError(t, err)
			}
			return err != nil
		}
		if field, err := scaffold.ParseField(spec); !refused(err) {
			again, err := scaffold.ParseField(field.String())
			require.NoError(t, err, field.String())
			require.Equal(t, field.String(), again.String())
		}
		if edge, err := scaffold.ParseEdge(spec); !refused(err) {
			again, err := scaffold.ParseEdge(edge.String())
			require.NoError(t, err, edge.String())
			require.Equal(t, edge, again)
		}
		if join, err := scaffold.ParseJoin(spec); !refused(err) {
			again, err := scaffold.ParseJoin(join.String())
			require.NoError(t, err, join.String())
			require.Equal(t, join, again)
		}
	})
}
