package seed

import (
	"gopkg.in/yaml.v3"
)

// pair is an entry of a mapping.
type pair struct {
	name string
	line int
	node *yaml.Node
}

// pairs lists the entries of a mapping. Aliases are followed, and entries that
// are merged in (<<: *base) come last and give way to those of the mapping.
func (f *fixtures) pairs(file string, node *yaml.Node, want string) (list []pair) {
	node = follow(node)
	if node.Kind != yaml.MappingNode {
		f.fault(file, node.Line, "%s", want)
		return nil
	}
	seen := map[string]int{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, content := node.Content[i], follow(node.Content[i+1])
		if name.ShortTag() == "!!merge" {
			merged = append(merged, content)
			continue
		}
		if line, twice := seen[name.Value]; twice {
			f.fault(file, name.Line, "%q is given twice; the first is in line %d", name.Value, line)
			continue
		}
		seen[name.Value] = name.Line
		list = append(list, pair{name.Value, name.Line, content})
	}
	for _, base := range merged {
		for _, p := range f.pairs(file, base, "<< wants a mapping") {
			if _, given := seen[p.name]; !given {
				seen[p.name] = p.line
				list = append(list, p)
			}
		}
	}
	return list
}

// nodesMost bounds what the aliases of a file may multiply to.
const nodesMost = 1_000_000

// endless walks a document as it is read, aliases followed, and returns the line
// of one at which that would not end; 0 if all is well.
func endless(node *yaml.Node, within map[*yaml.Node]bool, budget *int) (line int) {
	if *budget--; *budget < 0 || within[node] {
		return node.Line
	}
	within[node] = true
	defer delete(within, node)
	if node.Kind == yaml.AliasNode && endless(node.Alias, within, budget) > 0 {
		return node.Line
	}
	for _, child := range node.Content {
		if line := endless(child, within, budget); line > 0 {
			return line
		}
	}
	return 0
}

func follow(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" }
