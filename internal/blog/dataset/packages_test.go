package dataset_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/internal/blog/dataset"
)

// read reads an index that has no error but problems.
func read(t testing.TB, index io.Reader) (packages []dataset.Package, problems []string) {
	t.Helper()
	for p, err := range dataset.Packages(index) {
		if err == nil {
			packages = append(packages, p)
			continue
		}
		problem, ok := errors.AsType[*dataset.Problem](err)
		require.True(t, ok, "%v", err)
		require.Positive(t, problem.Line)
		require.NotEmpty(t, problem.Reason)
		problems = append(problems, err.Error())
	}
	return packages, problems
}

func TestPackages(t *testing.T) {
	t.Parallel()
	const ann = "Maintainer: Ann <ann@example.org>\n"
	tests := map[string]struct {
		index   string
		want    dataset.Package
		problem string
	}{
		"all fields": {
			index: "Package: a\nVersion: 1:2-3\nMaintainer: Ann \"A\" E <Ann@Example.org>\nSection: net\nHomepage: https://a.example/\n" +
				"Description: short\n one\n two\n .\n  - item\n  - item\n end\nTag: a::b, c::d,\n a::b\n",
			want: dataset.Package{
				Line: 1, Name: "a", Version: "1:2-3", Maintainer: dataset.Maintainer{Name: `Ann "A" E`, Email: "ann@example.org"},
				Section: "net", Homepage: "https://a.example/", Summary: "short",
				Description: "one two\n\n - item\n - item\nend", Tags: []string{"a::b", "c::d"},
			},
		},
		"group of tags": {
			index: "Package: a\n" + ann + "Tag: implemented-in::{C,c++}, x::{}",
			want: dataset.Package{
				Line: 1, Name: "a", Maintainer: dataset.Maintainer{Name: "Ann", Email: "ann@example.org"},
				Tags: []string{"implemented-in::c", "implemented-in::c++"},
			},
		},
		"several maintainers": {
			index: "\n\n# comment\npackage: a\nMaintainer: \"B, Ann\" <ann@example.org>, Bob <bob@example.org>\n",
			want:  dataset.Package{Line: 4, Name: "a", Maintainer: dataset.Maintainer{Name: "B, Ann", Email: "ann@example.org"}},
		},
		"address alone": {
			index: "Package: a\nMaintainer: ann@example.org,\n",
			want:  dataset.Package{Line: 1, Name: "a", Maintainer: dataset.Maintainer{Email: "ann@example.org"}},
		},
		"no name":              {index: ann, problem: "line 1: the field Package is missing"},
		"bad name":             {index: "Package: A b\n" + ann, problem: `line 1: package A b: "A b" is not a package name: lower-case letters, digits, +, - and .`},
		"no maintainer":        {index: "Package: a\n", problem: "line 1: package a: the field Maintainer is missing"},
		"no address":           {index: "Package: a\nMaintainer: Ann\n", problem: `line 1: package a: the maintainer "Ann" has no e-mail address: it is written Name <mail>`},
		"empty address":        {index: "Package: a\nMaintainer: Ann <>\n", problem: `line 1: package a: the maintainer "Ann <>" has no e-mail address: it is written Name <mail>`},
		"open address":         {index: "Package: a\nMaintainer: Ann <ann@example.org\n", problem: `line 1: package a: the maintainer "Ann <ann@example.org" has no > after the e-mail address`},
		"not a field":          {index: "\nPackage: a\nnonsense\n" + ann, problem: "line 2: package a: line 3 is not a field such as Package: name"},
		"continues nothing":    {index: " x: y\nPackage: a\n" + ann, problem: "line 1: package a: line 1 is not a field such as Package: name"},
		"field twice":          {index: "Package: a\nPackage: b\n" + ann, problem: "line 1: package a: line 2 has the field Package a second time"},
		"open group":           {index: "Package: a\nTag: a::{b, c\n" + ann, problem: "line 1: package a: the field Tag has a { without }"},
		"closed group":         {index: "Package: a\nTag: a::b}\n" + ann, problem: "line 1: package a: the field Tag has a } without {"},
		"group in a group":     {index: "Package: a\nTag: a::{b,{c}}\n" + ann, problem: "line 1: package a: the field Tag has a group within a group"},
		"two groups":           {index: "Package: a\nTag: {a}{b}\n" + ann, problem: `line 1: package a: the tag "{a}{b}" has two groups`},
		"endless line":         {index: "Package: a\nDescription: " + strings.Repeat("x", 2<<20) + "\n" + ann, problem: "line 1: package a: line 2 makes the field description longer than 1048576 bytes"},
		"endless continuation": {index: "Package: a\n" + ann + "Tag: a\n" + strings.Repeat(" xxxxxxx,\n", 200_000), problem: "line 1: package a: line 104861 makes the field tag longer than 1048576 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packages, problems := read(t, strings.NewReader(test.index))
			if test.problem != "" {
				require.Equal(t, []string{test.problem}, problems)
				require.Empty(t, packages)
				return
			}
			require.Empty(t, problems)
			require.Equal(t, []dataset.Package{test.want}, packages)
		})
	}
}

// A line of a field that is not in use may be of any length, and takes no memory.
func TestPackagesLongLine(t *testing.T) {
	t.Parallel()
	index := io.MultiReader(
		strings.NewReader("Package: a\nDepends: "), io.LimitReader(endless{}, 64<<20), strings.NewReader("\nMaintainer: a@example.org\n"),
	)
	packages, problems := read(t, index)
	require.Empty(t, problems)
	require.Len(t, packages, 1)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// An error of reading ends the packages: half an index is not taken for a whole one.
func TestPackagesReadError(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	index := io.MultiReader(strings.NewReader("Package: a\nMaintainer: a@example.org\n\nPackage: b\n"), iotest.ErrReader(broken))
	var names []string
	var last error
	for p, err := range dataset.Packages(index) {
		names, last = append(names, p.Name), err
	}
	require.Equal(t, []string{"a", ""}, names)
	require.ErrorIs(t, last, broken)
	require.ErrorContains(t, last, "after line 5")
}

func TestPackagesSample(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/sample.txt")
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	packages, problems := read(t, file)
	require.Empty(t, problems)
	require.Len(t, packages, 59)
	byName := map[string]dataset.Package{}
	for _, p := range packages {
		byName[p.Name] = p
	}
	require.Contains(t, byName["nodejs"].Description, "systems like Ruby's Event Machine or Python's Twisted.\n\nIt takes")
	require.Equal(t, "game::strategy", byName["0ad"].Tags[0])
	require.Len(t, byName["0ad"].Tags, 8)
}

// Odd input is reported, never a panic.
func FuzzPackages(f *testing.F) {
	for _, name := range []string{"sample.txt", "odd.txt"} {
		text, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		for stanza := range strings.SplitSeq(string(text), "\n\n") {
			f.Add(stanza)
		}
	}
	f.Fuzz(func(t *testing.T, index string) {
		packages, _ := read(t, strings.NewReader(index))
		for _, p := range packages {
			require.NotEmpty(t, p.Name)
			require.Contains(t, p.Maintainer.Email, "@")
			for i, tag := range p.Tags {
				require.NotEmpty(t, tag)
				require.True(t, i == 0 || p.Tags[i-1] < tag, "sorted, none twice")
			}
		}
	})
}
