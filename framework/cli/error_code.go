package cli

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// The codes of errors, for programs; see report.
const (
	codeUsage       = "USAGE"
	codeCancelled   = "CANCELLED"
	codeNotFound    = "DB_NOT_FOUND"
	codeDriver      = "DB_UNSUPPORTED_DRIVER"
	codeConnection  = "DB_CONNECTION_ERROR"
	codeIntegrity   = "DB_INTEGRITY_ERROR"
	codeCreation    = "DB_CREATION_ERROR"
	codeDrop        = "DB_DROP_ERROR"
	codeBackup      = "DB_BACKUP_ERROR"
	codeMigration   = "DB_MIGRATION_ERROR"
	codeOther       = "ERROR"
	groupOfDatabase = "database"
)

// errorCode classifies an error: by what it is or, where that says nothing, by
// what was being done.
func errorCode(cmd *cobra.Command, err error) string {
	var (
		usage      *UsageError
		open       *database.OpenError
		constraint *database.ConstraintError
	)
	switch {
	case errors.As(err, &usage):
		return codeUsage
	case errors.Is(err, errCancelled):
		return codeCancelled
	case errors.Is(err, database.ErrNotExist):
		return codeNotFound
	case errors.Is(err, config.ErrUnsupportedDialect):
		return codeDriver
	case errors.As(err, &open):
		return codeConnection
	case errors.As(err, &constraint):
		return codeIntegrity
	default:
		return codeOf(cmd)
	}
}

func codeOf(cmd *cobra.Command) string {
	if cmd == nil || cmd.Parent() == nil || cmd.Parent().Name() != groupOfDatabase {
		return codeOther
	}
	switch cmd.Name() {
	case "create":
		return codeCreation
	case "drop":
		return codeDrop
	case "copy", "restore":
		return codeBackup
	default:
		return codeMigration
	}
}

type errorJSON struct {
	Code       string   `json:"code"`
	Message    string   `json:"message"`
	DidYouMean []string `json:"didYouMean,omitempty"`
}

// report prints the error that ends the program to stderr, with --json as a
// document of its own.
func (e *Env) report(cmd *cobra.Command, err error) {
	if _, silent := err.(exitError); silent { //nolint:errorlint // it is never wrapped
		return
	}
	if !e.json {
		e.errStyle.line(e.Err, markFailed, err.Error())
		return
	}
	out := errorJSON{Code: errorCode(cmd, err), Message: strings.TrimSpace(err.Error())}
	if usage, ok := errors.AsType[*UsageError](err); ok {
		out.DidYouMean = usage.DidYouMean
	}
	encoder := json.NewEncoder(e.Err)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(map[string]errorJSON{"error": out}) // there is nobody to tell
}
