package config

import (
	"errors"
	"slices"
)

// Options say where Load looks. The zero value loads the project around the
// working directory with the environment of the process.
type Options struct {
	// Dir is where the search for the project root begins, upwards; see FindRoot.
	// Default: the working directory.
	Dir string

	// Environment chooses the environment, above FRAMEFOX_ENV and APP_ENV.
	Environment string

	// Environ is the process environment as NAME=value. nil means os.Environ();
	// an empty slice that is not nil means no variables.
	Environ []string

	// DefaultURL is the database URL where nothing else gives one. Without it,
	// Load fails with ErrNoDatabase.
	DefaultURL string
}

// Load reads the environment, the .env files and config/orm.yaml. It changes
// nothing: the variables of .env files are in Config.Lookup, not in os.Environ.
//
// All problems are reported at once, joined, each an *Error.
func Load(opts Options) (*Config, error) {
	root, err := FindRoot(opts.Dir)
	if err != nil {
		return nil, err
	}
	env, problems := readEnvironment(root, opts)
	if len(problems) > 0 {
		// Values of a file that was not understood would only cause more complaints.
		return nil, errors.Join(problems...)
	}
	l := &loader{env: env, doc: readDocument(env), opts: opts}
	config := &Config{
		Root:        root,
		Environment: env.name,
		Database:    l.database(),
		Server:      l.server(),
		Monitor:     l.monitor(),
		Files:       env.files,
		lookup:      env.lookup,
	}
	if err := errors.Join(l.doc.problems...); err != nil {
		return nil, err
	}
	if l.doc.found {
		config.Files = append(config.Files, ormFile)
	}
	config.Notices = slices.Concat(env.notices, l.doc.notices)
	config.warnings = l.warnings
	config.settings = l.describe(config)
	return config, nil
}

// loader turns the environment and the document into a Config.
type loader struct {
	env      *environment
	doc      *document
	opts     Options
	warnings []string

	detailed                                         bool // the detailed keys give the URL
	addressSource, secretSource, monitorSecretSource string
}

func (l *loader) notice(text string) { l.doc.notices = append(l.doc.notices, text) }

func (l *loader) problem(err error) { l.doc.problems = append(l.doc.problems, err) }
