package graphql

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"strconv"
	"strings"

	gqlgen "github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

// answer is a response before it is written.
type answer struct {
	status   int    // 0: chosen by media type and content
	allow    string // the Allow header
	response *gqlgen.Response

	head, tail []byte // what encode makes of the response, around its data
}

// refusal answers a request that never became an operation.
func refusal(err *requestError) answer {
	return answer{
		status: err.status, allow: err.allow,
		response: errorResponse(&gqlerror.Error{Message: err.message, Extensions: extensionsOf(err)}),
	}
}

// trim keeps the first errors and tells the client how many were left out.
func (a *answer) trim(limit int) {
	if a.response == nil {
		return
	}
	kept, omitted := trim(a.response.Errors, limit)
	a.response.Errors = kept
	if omitted > 0 {
		ext := map[string]any{"omittedErrors": omitted}
		maps.Copy(ext, a.response.Extensions)
		a.response.Extensions = ext
	}
}

// write sends the answer and returns its status.
func (a *answer) write(w http.ResponseWriter, media string) int {
	header := w.Header()
	if a.allow != "" {
		header.Set("Allow", a.allow)
	}
	if a.response == nil {
		w.WriteHeader(a.status)
		return a.status
	}
	status := a.status
	if status == 0 {
		status = http.StatusOK
		// A document that is refused: the older media type says 200 to all
		// that is well-formed JSON, the newer one does not.
		if len(a.response.Data) == 0 && media == mediaGraphQL {
			status = http.StatusBadRequest
		}
	}
	header.Set("Content-Type", media+"; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(a.head)+len(a.response.Data)+len(a.tail)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept")
	w.WriteHeader(status)
	for _, part := range [][]byte{a.head, a.response.Data, a.tail} {
		// A client that is gone is no error of ours.
		_, _ = w.Write(part) //nolint:gosec // JSON, and said to be: no browser renders it
	}
	return status
}

// encode makes the JSON that stands before and after the data, which is
// finished JSON and, for pages of rows, too large to be encoded again. A
// response without data has none: null would say that the operation ran.
func (a *answer) encode() error {
	if a.response == nil {
		return nil
	}
	r := a.response
	head, tail := []byte{'{'}, []byte(nil)
	if len(r.Errors) > 0 {
		b, err := json.Marshal(r.Errors)
		if err != nil {
			return fmt.Errorf("graphql: cannot encode the extensions of an error: %w", err)
		}
		head = append(append(head, `"errors":`...), b...)
	}
	if len(r.Data) > 0 {
		if len(head) > 1 {
			head = append(head, ',')
		}
		head = append(head, `"data":`...)
	}
	if len(r.Extensions) > 0 {
		b, err := json.Marshal(r.Extensions)
		if err != nil {
			return fmt.Errorf("graphql: cannot encode the extensions of a response: %w", err)
		}
		if len(head) > 1 {
			tail = append(tail, ',')
		}
		tail = append(append(tail, `"extensions":`...), b...)
	}
	tail = append(tail, '}')
	a.head, a.tail = head, tail
	return nil
}

// negotiate chooses the media type of the answer: the supported one with the
// highest weight, the earlier of two equals, application/json without a wish.
func negotiate(accept []string) (media string, ok bool) {
	if len(accept) == 0 {
		return mediaJSON, true
	}
	media, best := mediaJSON, 0.0
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		weight := 1.0
		if q, given := params["q"]; given {
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		switch name {
		case mediaJSON, mediaGraphQL:
		case "*/*", "application/*":
			name = mediaJSON
		default:
			continue
		}
		if weight > best {
			media, best = name, weight
		}
	}
	return media, best > 0
}
