package scaffold_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/scaffold"
)

// person answers questions by what they begin with, in order.
type person struct {
	t       *testing.T
	answers []string // "question: answer"
	told    []string
}

func (p *person) next(question string) string {
	p.t.Helper()
	require.NotEmpty(p.t, p.answers, "no answer to %q", question)
	begin, answer, ok := strings.Cut(p.answers[0], ": ")
	require.True(p.t, ok && strings.HasPrefix(question, begin), "%q was asked, not %q", question, begin)
	p.answers = p.answers[1:]
	return answer
}

func (p *person) Ask(question, fallback string) (string, error) {
	if answer := p.next(question); answer != "" {
		return answer, nil
	}
	return fallback, nil
}

func (p *person) Choose(question string, options []string) (int, error) {
	answer := p.next(question)
	for i, o := range options {
		if o == answer || strings.HasPrefix(o, answer+":") {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is not among %q", answer, options)
}

func (p *person) Warn(format string, args ...any) {
	p.told = append(p.told, fmt.Sprintf(format, args...))
}

// The wizard asks for everything that the flags can say, asks again where an
// answer is wrong, and ends with the command line that says the same.
//
// Covers: K12, U15.
func TestWizard(t *testing.T) {
	t.Parallel()
	p := project(t, map[string]string{"ent/schema/tag.go": entity("Tag", name)})
	asked := &person{t: t, answers: []string{
		"Name: 2fa",
		"Name: title", "Type: string", "Greatest length: 100", "Unique: yes", "Optional: ",
		"Name: title",
		"Name: status", "Type: enum", "Values: draft,published", "Unique: perhaps", "Unique: no", "With an index: y", "Optional: n", "Default: drafty",
		"Name: status", "Type: enum", "Values: draft,published", "Unique: ", "With an index: y", "Optional: ", "Default: draft",
		"Name: price", "Type: decimal", "Digits: 3", "Unique: ", "With an index: ", "Optional: yes", "Default: ",
		"Name: author", "Type: relation", "To which: User", "There is no entity User: yes", "How many: m2o", "Name of the way back: ",
		"May a post be without a user: no", "When the user is deleted: cascade",
		"Name: tags", "Type: relation", "To which: ", "How many: m2m", "Name of the way back: articles", "Does the pair: yes",
		"Name of the entity: ", "Its fields: position:int=0",
		"Name: cover", "Type: relation", "To which: Tag", "How many: o2o", "Name of the way back: ", "May a tag be without a post: no", "When the post: cascade",
		"Name: children", "Type: relation", "To which: Post", "How many: o2m", "Name of the way back: ", "When the post: set-null",
		"Name: ",
	}}
	r := scaffold.Request{Name: "Post"}
	require.NoError(t, p.Wizard(asked, &r))
	require.Empty(t, asked.answers)
	require.Equal(t, []string{
		"Post", "title:string:unique:max=100", "status:enum(draft,published)=draft:index", "price:decimal(3)?",
		"--edge", "author:User:m2o:required:on-delete=cascade", "--edge", "tags:Tag:m2m:inverse=articles:through=PostTag",
		"--edge", "cover:Tag:o2o:required:on-delete=cascade", "--edge", "children:Post:o2m", "--through", "PostTag position:int=0", "--create-targets",
	}, r.Args())
	require.Contains(t, strings.Join(asked.told, "\n"), "begins with a digit")
	require.Contains(t, strings.Join(asked.told, "\n"), "Post has title already")
	require.Contains(t, strings.Join(asked.told, "\n"), "not one of the values: draft, published")
	require.Contains(t, strings.Join(asked.told, "\n"), "answer yes or no")

	_, err := p.Plan(r)
	require.NoError(t, err)
}
