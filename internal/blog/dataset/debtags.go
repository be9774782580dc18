package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxGroup bounds the tags that one group may stand for.
const maxGroup = 1000

// parseTags reads a Tag field: debtags apart by commas, over several lines, where
// a::{b,c} is short for a::b, a::c. They come in lower case, sorted, none twice.
func parseTags(field string) ([]string, error) {
	var tags []string
	for field != "" {
		var item string
		var err error
		if item, field, err = cutTag(field); err != nil {
			return nil, err
		}
		expanded, err := expandTag(item)
		if err != nil {
			return nil, err
		}
		tags = append(tags, expanded...)
	}
	slices.Sort(tags)
	return slices.Compact(tags), nil
}

// cutTag cuts the first tag off, up to a comma that is not within braces.
func cutTag(field string) (item, rest string, err error) {
	open := false
	for i, r := range field {
		switch {
		case r == '{' && open:
			return "", "", errors.New("the field Tag has a group within a group")
		case r == '}' && !open:
			return "", "", errors.New("the field Tag has a } without {")
		case r == '{' || r == '}':
			open = r == '{'
		case r == ',' && !open:
			return field[:i], field[i+1:], nil
		}
	}
	if open {
		return "", "", errors.New("the field Tag has a { without }")
	}
	return field, "", nil
}

func expandTag(item string) ([]string, error) {
	item = strings.ToLower(strings.TrimSpace(item))
	before, group, ok := strings.Cut(item, "{")
	if !ok {
		if item == "" {
			return nil, nil
		}
		return []string{item}, nil
	}
	group, after, _ := strings.Cut(group, "}")
	if strings.Contains(after, "{") {
		return nil, fmt.Errorf("the tag %q has two groups", clip(item))
	}
	var tags []string
	for member := range strings.SplitSeq(group, ",") {
		if member = strings.TrimSpace(member); member != "" {
			tags = append(tags, before+member+after)
		}
	}
	if len(tags) > maxGroup {
		return nil, fmt.Errorf("the tag %q stands for more than %d tags", clip(item), maxGroup)
	}
	return tags, nil
}

// tagNames are the names of all tags of the package's post.
func (p Package) tagNames() []string {
	if p.Section == "" {
		return p.Tags
	}
	section := "section::" + strings.ToLower(p.Section)
	if slices.Contains(p.Tags, section) {
		return p.Tags
	}
	return append(slices.Clone(p.Tags), section)
}
