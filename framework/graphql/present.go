package graphql

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"

	gqlgen "github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxMessage bounds a message in bytes: gqlgen quotes the client's input in
// some of its errors, and an answer must not be a copy of the request.
const maxMessage = 300

// omittedRule marks an error beyond Limits.Errors. It has to exist, because
// gqlgen looks for a field's error before it complains of a null, but it is
// taken out of the response.
const omittedRule = "omitted"

// panicError is what a resolver panicked with.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return "panic" }

// presentField turns an error of a running operation into what the client
// sees. gqlgen calls it for each error, from many goroutines.
func (h *Handler) presentField(ctx context.Context, err error) *gqlerror.Error {
	c := callFrom(ctx)
	if c != nil && !within(int(c.errors.Add(1)), h.limits.Errors) {
		return &gqlerror.Error{Message: "internal error", Path: pathOf(ctx, err), Rule: omittedRule}
	}
	out := h.present(ctx, err)
	if out.Path == nil {
		out.Path = pathOf(ctx, err)
	}
	if wrapped, ok := errors.AsType[*gqlerror.Error](err); ok {
		out.Locations = wrapped.Locations
	}
	return out
}

// present chooses what is shown of an error, and logs what is not.
func (h *Handler) present(ctx context.Context, err error) *gqlerror.Error {
	if _, ok := errors.AsType[*panicError](err); ok {
		return h.mask(ctx, err)
	}
	if _, known := errors.AsType[ClientError](err); !known && h.explain != nil {
		err = h.explain(err)
	}
	if client, ok := errors.AsType[ClientError](err); ok && !interrupted(ctx, client) {
		out := &gqlerror.Error{
			Err: err, Message: clip(messageOf(client)), Extensions: extensionsOf(client),
		}
		if client.ErrorCode() == CodeUnavailable {
			out.Extensions["id"] = h.report(ctx, err)
		}
		return out
	}
	// A driver that was interrupted says so in its own words; the context knows.
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		return coded(CodeTimeout, "the operation took too long and was stopped")
	case errors.Is(ctx.Err(), context.Canceled):
		return coded(CodeCanceled, "the request was cancelled")
	}
	gqlErr, isGQL := errors.AsType[*gqlerror.Error](err)
	if isGQL && gqlErr.Err == nil && hasCode(gqlErr) {
		return publish(gqlErr)
	}
	if argument, ok := argumentOf(ctx, gqlErr); ok {
		out := coded(CodeBadUserInput, clip("invalid argument "+argument+": "+causeText(gqlErr)))
		out.Extensions["argument"] = argument
		return out
	}
	return h.mask(ctx, err)
}

// presentRequest is present for the errors of a document that never ran:
// gqlgen's own parse, validation and variable errors pass.
func (h *Handler) presentRequest(ctx context.Context, errs gqlerror.List) gqlerror.List {
	out := make(gqlerror.List, 0, len(errs))
	for _, err := range errs {
		if list, ok := err.Err.(gqlerror.List); ok { //nolint:errorlint // put there by documentExtension
			out = append(out, h.presentRequest(ctx, list)...)
			continue
		}
		code, _ := err.Extensions["code"].(string)
		if err.Err == nil || code == errcode.ValidationFailed {
			out = append(out, publish(err))
			continue
		}
		shown := h.present(ctx, err)
		shown.Path, shown.Locations = clipPath(err.Path), err.Locations
		out = append(out, shown)
	}
	return out
}

// interrupted reports whether the error may be no more than what a driver made
// of a context that is done.
func interrupted(ctx context.Context, err ClientError) bool {
	code := err.ErrorCode()
	return ctx.Err() != nil && (code == CodeUnavailable || code == CodeTimeout)
}

// mask hides an error behind an id and logs it under that id.
func (h *Handler) mask(ctx context.Context, err error) *gqlerror.Error {
	out := coded(CodeInternal, "internal error")
	out.Extensions["id"] = h.report(ctx, err)
	return out
}

// report logs an error that is the operator's to look at, and returns its id.
func (h *Handler) report(ctx context.Context, err error) string {
	id := randomID(8)
	attrs := []slog.Attr{
		slog.String("error_id", id),
		slog.String("request_id", RequestID(ctx)),
		slog.String("operation", operationName(ctx)),
		slog.String("path", pathOf(ctx, err).String()),
	}
	if p, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, slog.Any("panic", p.value), slog.String("stack", string(p.stack)))
	} else {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	h.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelError, "graphql: internal error", attrs...)
	return id
}

// publish copies an error that gqlgen, or an extension, made for clients.
func publish(err *gqlerror.Error) *gqlerror.Error {
	out := *err
	out.Message, out.Path = clip(out.Message), clipPath(out.Path)
	if !hasCode(&out) {
		ext := map[string]any{"code": CodeBadRequest}
		for k, v := range err.Extensions {
			if k != "code" {
				ext[k] = v
			}
		}
		out.Extensions = ext
	}
	return &out
}

// clipPath shortens the names of a path, which in an error about a variable are
// those that the client gave.
func clipPath(path ast.Path) ast.Path {
	out := slices.Clone(path)
	for i, e := range out {
		if name, ok := e.(ast.PathName); ok {
			out[i] = ast.PathName(clip(string(name)))
		}
	}
	return out
}

// argumentOf says whether the error comes from reading the arguments of the
// current field, and names the argument: "input.madeAt". gqlgen sets the
// field's Args only after all of them were read.
func argumentOf(ctx context.Context, err *gqlerror.Error) (string, bool) {
	fc := gqlgen.GetFieldContext(ctx)
	if err == nil || fc == nil || fc.Field.Field == nil || fc.Args != nil {
		return "", false
	}
	if fc.Field.Definition == nil || len(fc.Field.Definition.Arguments) == 0 {
		return "", false
	}
	field := fc.Path()
	if len(err.Path) <= len(field) {
		return "", false
	}
	return strings.TrimPrefix(err.Path[len(field):].String(), "."), true
}

// pathOf is the response path of the field that failed.
func pathOf(ctx context.Context, err error) ast.Path {
	if fc := gqlgen.GetFieldContext(ctx); fc != nil {
		return fc.Path()
	}
	if gqlErr, ok := errors.AsType[*gqlerror.Error](err); ok {
		return gqlErr.Path
	}
	return nil
}

func causeText(err *gqlerror.Error) string {
	if err.Err != nil {
		return err.Err.Error()
	}
	return err.Message
}

func coded(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

func hasCode(err *gqlerror.Error) bool {
	code, ok := err.Extensions["code"].(string)
	return ok && code != ""
}

// clip cuts a message at maxMessage bytes, between runes.
func clip(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	cut := maxMessage
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// trim keeps at most limit errors and says how many it left out.
func trim(errs gqlerror.List, limit int) (kept gqlerror.List, omitted int) {
	for _, err := range errs {
		if err.Rule == omittedRule || !within(len(kept)+1, limit) {
			omitted++
			continue
		}
		kept = append(kept, err)
	}
	return kept, omitted
}

func randomID(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(b)
}
