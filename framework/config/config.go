package config

import "slices"

// Config is the configuration of an application, complete and valid. Load makes
// it; printing one shows no secret.
type Config struct {
	Root        string // absolute path of the project folder
	Environment string // Development, Testing, Production or a name of your own
	Database    Database
	Server      Server
	Monitor     Monitor
	Files       []string // the files that were read, relative to Root, the strongest last
	Notices     []string // what was given but is ignored, a line each

	warnings []string
	settings []Setting
	lookup   func(string) (string, bool)
}

// Production reports whether the guards of production apply: in every
// environment but development and testing, so that one with a name of your own,
// such as staging, is guarded too.
func (c *Config) Production() bool { return isProduction(c.Environment) }

func isProduction(environment string) bool {
	return environment != Development && environment != Testing
}

// Lookup returns an environment variable as the configuration saw it: from the
// process, or else from .env.local, .env.<environment> or .env. The second result
// says whether it is set at all.
func (c *Config) Lookup(name string) (string, bool) {
	if c.lookup == nil {
		return "", false
	}
	return c.lookup(name)
}

// Setting is one line of Describe.
type Setting struct {
	Key    string
	Value  string // redacted where it is secret
	Source string // "default", "config/orm.yaml:7", "DATABASE_URL in .env:3", …
}

// Describe lists every setting in a fixed order with its value, redacted, and
// where it came from.
func (c *Config) Describe() []Setting { return slices.Clone(c.settings) }
