package config

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands in for a secret in everything that is printed.
const redacted = "[redacted]"

// Secret is text that must not be printed: a password or a key. It redacts
// itself under every fmt verb, in slog and in JSON, YAML and text encodings; an
// empty secret shows as the empty string. Only Reveal gives the text.
//
// fmt cannot call methods on unexported struct fields, so keep secrets in
// exported ones.
type Secret string

// Reveal returns the text itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString redacts the secret under %#v.
func (s Secret) GoString() string { return fmt.Sprintf("config.Secret(%q)", s.String()) }

// Format redacts the secret under every verb, %d and %x included: without it a
// verb that does not fit a string would print the text as part of the complaint.
func (s Secret) Format(state fmt.State, verb rune) { formatRedacted(state, verb, s) }

// LogValue redacts the secret in structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText redacts the secret in JSON, XML and other text encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML redacts the secret in YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// redacting is a value that knows its harmless forms.
type redacting interface {
	fmt.Stringer
	fmt.GoStringer
}

func formatRedacted(state fmt.State, verb rune, value redacting) {
	switch {
	case verb == 'v' && state.Flag('#'):
		_, _ = io.WriteString(state, value.GoString())
	case verb == 'q':
		_, _ = fmt.Fprintf(state, "%q", value.String())
	default:
		_, _ = io.WriteString(state, value.String())
	}
}
