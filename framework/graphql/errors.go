package graphql

import (
	"fmt"
	"maps"
	"net/http"
)

// ClientError is an error that clients may see. It is found anywhere in a
// chain of wrapped errors; the client gets Error() of the ClientError itself,
// not the text of what wraps it, so that text must hold nothing secret. Where
// Error() is for operators, a method ClientMessage() string says what the client
// gets instead.
type ClientError interface {
	error

	// ErrorCode is extensions.code, in upper snake case: NOT_FOUND.
	ErrorCode() string

	// ErrorExtensions are further extensions, or nil. They are sent as JSON.
	ErrorExtensions() map[string]any
}

// UserError is a ClientError made on the spot:
//
//	return nil, &graphql.UserError{Code: "SOLD_OUT", Message: "no tickets are left"}
type UserError struct {
	Code       string
	Message    string
	Extensions map[string]any
}

var _ ClientError = (*UserError)(nil)

func (e *UserError) Error() string { return e.Message }

// ErrorCode implements [ClientError].
func (e *UserError) ErrorCode() string { return e.Code }

// ErrorExtensions implements [ClientError].
func (e *UserError) ErrorExtensions() map[string]any { return e.Extensions }

// LimitError is a request refused because it exceeds one of [Limits].
type LimitError struct {
	Code  string // TOO_MANY_TOKENS, …
	Count string // what was counted: "tokens"
	Limit int    // the most that is allowed; sent as extensions.limit
}

var _ ClientError = (*LimitError)(nil)

func (e *LimitError) Error() string {
	return fmt.Sprintf("the request is refused: it has more than %d %s", e.Limit, e.Count)
}

// ErrorCode implements [ClientError].
func (e *LimitError) ErrorCode() string { return e.Code }

// ErrorExtensions implements [ClientError]: the limit.
func (e *LimitError) ErrorExtensions() map[string]any {
	return map[string]any{"limit": e.Limit}
}

// requestError is a request that never became an operation.
type requestError struct {
	status  int // 0: as for any document that is refused
	code    string
	message string
	allow   string // the Allow header of a 405
}

var _ ClientError = (*requestError)(nil)

func (e *requestError) Error() string                   { return e.message }
func (e *requestError) ErrorCode() string               { return e.code }
func (e *requestError) ErrorExtensions() map[string]any { return nil }

func badRequest(format string, args ...any) *requestError {
	return &requestError{
		status: http.StatusBadRequest, code: CodeBadRequest, message: fmt.Sprintf(format, args...),
	}
}

// messageOf is what a client is told.
func messageOf(err ClientError) string {
	if e, ok := err.(interface{ ClientMessage() string }); ok {
		return e.ClientMessage()
	}
	return err.Error()
}

// extensionsOf is what a client sees beside the message: the code always wins.
func extensionsOf(err ClientError) map[string]any {
	ext := make(map[string]any, 2)
	maps.Copy(ext, err.ErrorExtensions())
	ext["code"] = err.ErrorCode()
	return ext
}
