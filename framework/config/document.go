package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxFile bounds config/orm.yaml; a real one has a few kilobytes.
const maxFile = 1 << 20

// scalar is one value of config/orm.yaml.
type scalar struct {
	key  string // "database.pool_size"
	line int
	raw  string // as written, placeholders included
	expansion
}

// document is config/orm.yaml, flattened: its values by dotted key, and every
// problem found in it.
type document struct {
	found    bool
	values   map[string]scalar
	params   []string // the names below database.params, in order
	env      *environment
	problems []error
	notices  []string
}

// The sections of the document. database.params holds keys of the user's own.
const (
	sectionDatabase = "database"
	sectionLogging  = "database.logging"
	sectionParams   = "database.params"
	sectionServer   = "server"
	sectionMonitor  = "monitor"
)

// sectionKeys lists what may stand in a section.
func sectionKeys(section string) []string {
	switch section {
	case "":
		return []string{"database", "server", "monitor"}
	case sectionDatabase:
		return []string{
			"url", "driver", "host", "port", "username", "password", "database", "charset", "collation", "params",
			"pool_size", "max_overflow", "pool_timeout", "pool_recycle", "pool_pre_ping",
			"autocommit", "autoflush", "echo_sql", "slow_transaction", "logging",
		}
	case sectionLogging:
		return []string{"echo_sql"}
	case sectionServer:
		return []string{
			"address", "request_timeout", "shutdown_timeout", "max_body_bytes",
			"playground", "introspection", "secret", "log_format", "log_level",
		}
	case sectionMonitor:
		return []string{"enabled", "slow_query", "slow_acquisition", "repeats", "secret"}
	default:
		return nil
	}
}

func isSection(key string) bool {
	switch key {
	case "", sectionDatabase, sectionLogging, sectionParams, sectionServer, sectionMonitor:
		return true
	default:
		return false
	}
}

// readDocument reads config/orm.yaml, which may be missing. Problems are
// collected, not returned: the caller has more to report.
func readDocument(env *environment) *document {
	doc := &document{values: map[string]scalar{}, env: env}
	path := filepath.Join(env.root, filepath.FromSlash(ormFile))
	if !isFile(path) {
		if isFile(strings.TrimSuffix(path, ".yaml") + ".yml") {
			doc.notices = append(doc.notices, "config/orm.yml is not read: rename it to "+ormFile)
		}
		return doc
	}
	doc.found = true
	content, err := os.ReadFile(path) //nolint:gosec // a fixed name below the project root
	if err != nil {
		doc.problems = append(doc.problems, unreadable(ormFile, err))
		return doc
	}
	doc.parse(content)
	return doc
}

// parse fills the document from YAML. Placeholders are replaced in the parsed
// values and never in the text, so that no value can add keys or end a quote.
func (d *document) parse(content []byte) {
	if len(content) > maxFile {
		d.fail(scalar{}, fmt.Sprintf("is larger than %d bytes", maxFile), "")
		return
	}
	var root yaml.Node
	if err := yaml.Unmarshal(content, &root); err != nil {
		line, reason := yamlProblem(err)
		d.fail(scalar{line: line}, "is not valid YAML: "+reason, "put values with special characters in quotes")
		return
	}
	if len(root.Content) == 1 {
		d.walk(root.Content[0], "")
	}
}

// walk reads one section.
func (d *document) walk(node *yaml.Node, section string) {
	at := scalar{key: section, line: node.Line}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if isNull(node) {
		return
	}
	if node.Kind != yaml.MappingNode {
		d.fail(at, "is not a mapping", "write key: value lines, indented, below it")
		return
	}
	known, seen := sectionKeys(section), map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i].Value, node.Content[i+1]
		key := scalar{key: strings.TrimPrefix(section+"."+name, "."), line: node.Content[i].Line}
		if first, twice := seen[name]; twice {
			d.fail(key, "is given twice, first in line "+strconv.Itoa(first), "keep one")
			continue
		}
		seen[name] = key.line
		switch {
		case section != sectionParams && !slices.Contains(known, name):
			d.fail(key, "unknown key", didYouMean(name, known))
		case isSection(key.key):
			d.walk(value, key.key)
		default:
			d.scalar(value, key, section == sectionParams)
		}
	}
}

// scalar records one value.
func (d *document) scalar(node *yaml.Node, s scalar, isParam bool) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if isNull(node) {
		return
	}
	if node.Kind != yaml.ScalarNode {
		d.fail(s, "is not a single value", "")
		return
	}
	expanded, err := expand(node.Value, d.env.lookup)
	if err != nil {
		d.fail(s, err.Error(), "write $$ for a $ that is part of the value")
		return
	}
	s.raw, s.expansion = node.Value, expanded
	d.values[s.key] = s
	if isParam {
		d.params = append(d.params, strings.TrimPrefix(s.key, sectionParams+"."))
	}
}

// fail records a problem of the value s, without its text.
func (d *document) fail(s scalar, reason, hint string) {
	d.problems = append(d.problems, &Error{Key: s.key, File: ormFile, Line: s.line, Reason: reason, Hint: hint})
}

// source says where a key has its value from: "config/orm.yaml:7 (PORT in .env:3)",
// or "default".
func (d *document) source(key string) string {
	s, ok := d.values[key]
	if !ok || s.text == "" {
		return "default"
	}
	where := fmt.Sprintf("%s:%d", ormFile, s.line)
	var through []string
	for _, name := range s.vars {
		if _, set := d.env.lookup(name); set {
			through = append(through, d.env.source(name))
		}
	}
	if len(through) > 0 {
		where += " (" + strings.Join(through, ", ") + ")"
	}
	return where
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Tag == "!!null"
}

var (
	yamlLine   = regexp.MustCompile(`line (\d+): `)
	yamlQuoted = regexp.MustCompile("'[^']*'|\"[^\"]*\"|`[^`]*`")
)

// yamlProblem takes the line out of an error of the YAML parser, and the quoted
// pieces of the file, which may be a password that begins with *.
func yamlProblem(err error) (line int, reason string) {
	reason = strings.TrimPrefix(err.Error(), "yaml: ")
	if match := yamlLine.FindStringSubmatch(reason); match != nil {
		line, _ = strconv.Atoi(match[1])
		reason = strings.Replace(reason, match[0], "", 1)
	}
	return line, yamlQuoted.ReplaceAllString(reason, "…")
}
