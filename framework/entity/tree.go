package entity

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tree is a set of edges by name, each with the edges to follow from there.
type Tree map[string]Tree

// UnknownEdgeError says that an entity has no edge of that name.
type UnknownEdgeError struct {
	Entity string
	Path   string   // as the caller gave it: "posts.coments"
	Name   string   // the part of it that is unknown
	Known  []string // the entity's edges, sorted
}

func (e *UnknownEdgeError) Error() string {
	return fmt.Sprintf("%s has no edge %q (in %q); it has: %s", e.Entity, e.Name, e.Path, strings.Join(e.Known, ", "))
}

// Bounds of a [Tree]: each edge in it is a statement at least, and paths may come
// from a caller.
const (
	MaxEdgeDepth = 10  // edges of one path
	MaxEdges     = 100 // of all paths
)

// EdgePathError says that paths of edges are out of bounds.
type EdgePathError struct {
	Reason string
}

func (e *EdgePathError) Error() string { return "edges " + e.Reason }

// ErrorCode is the code that API clients see.
func (e *EdgePathError) ErrorCode() string { return "BAD_USER_INPUT" }

// Tree reads the paths of edges that begin at an entity, such as "posts" and
// "posts.comments". A name that is no edge is an *UnknownEdgeError; more than
// [MaxEdges], or a path of more than [MaxEdgeDepth], is an *EdgePathError.
func (r Registry) Tree(entity string, paths ...string) (Tree, error) {
	tree, edges := Tree{}, 0
	for _, path := range paths {
		if strings.Count(path, ".") >= MaxEdgeDepth {
			return nil, &EdgePathError{fmt.Sprintf("have paths of at most %d", MaxEdgeDepth)}
		}
		at, e := tree, r[entity]
		for name := range strings.SplitSeq(path, ".") {
			edge := e.edgeNamed(name)
			if edge == nil {
				return nil, &UnknownEdgeError{Entity: e.Name, Path: path, Name: name, Known: e.edgeNames()}
			}
			if at[name] == nil {
				if edges++; edges > MaxEdges {
					return nil, &EdgePathError{fmt.Sprintf("that are loaded along are at most %d", MaxEdges)}
				}
				at[name] = Tree{}
			}
			at, e = at[name], r[edge.Target]
		}
	}
	return tree, nil
}

// EdgeNamed returns the edge that the Ent schema calls so. A name that is none is
// an *UnknownEdgeError.
func (e *Entity) EdgeNamed(name string) (*Edge, error) {
	if edge := e.edgeNamed(name); edge != nil {
		return edge, nil
	}
	return nil, &UnknownEdgeError{Entity: e.Name, Path: name, Name: name, Known: e.edgeNames()}
}

// edgeNamed returns the edge that the Ent schema calls so, or nil.
func (e *Entity) edgeNamed(name string) *Edge {
	for _, edge := range e.Edges {
		if edge.Name == name {
			return edge
		}
	}
	return nil
}

func (e *Entity) edgeNames() []string {
	names := make(map[string]bool, len(e.Edges))
	for _, edge := range e.Edges {
		names[edge.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
