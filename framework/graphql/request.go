package graphql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	gqlgen "github.com/99designs/gqlgen/graphql"
)

const allowed = "GET, OPTIONS, POST"

// wireParams is a GraphQL request as it comes: a null is as good as nothing.
type wireParams struct {
	Query         *string        `json:"query"`
	OperationName *string        `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
}

// readParams reads the request, or says why it is refused. No error quotes
// the request.
func readParams(w http.ResponseWriter, r *http.Request, limits Limits) (*gqlgen.RawParams, *requestError) {
	var wire wireParams
	var err *requestError
	start := gqlgen.Now()
	switch r.Method {
	case http.MethodGet:
		wire, err = readGet(r)
	case http.MethodPost:
		wire, err = readPost(w, r, limits)
	default:
		err = &requestError{
			status: http.StatusMethodNotAllowed, code: CodeMethodNotAllowed, allow: allowed,
			message: "send a query by POST or GET, a mutation by POST",
		}
	}
	if err != nil {
		return nil, err
	}
	if wire.Query == nil || *wire.Query == "" {
		if wire.Extensions["persistedQuery"] != nil {
			// Status and message are what clients look for before they send the text.
			return nil, &requestError{
				status: http.StatusOK, code: CodePersistedQueryNotSupported, message: "PersistedQueryNotSupported",
			}
		}
		return nil, badRequest(`the request has no "query"`)
	}
	params := &gqlgen.RawParams{
		Query:      *wire.Query,
		Variables:  wire.Variables,
		Extensions: wire.Extensions,
		Headers:    r.Header,
		ReadTime:   gqlgen.TraceTiming{Start: start, End: gqlgen.Now()},
	}
	if wire.OperationName != nil {
		params.OperationName = *wire.OperationName
	}
	return params, nil
}

func readPost(w http.ResponseWriter, r *http.Request, limits Limits) (wireParams, *requestError) {
	// A page of another site can't send this type without asking first (CORS),
	// which is what keeps it from sending mutations in a visitor's name.
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(params["charset"])
	if err != nil || media != "application/json" || (charset != "" && charset != "utf-8" && charset != "utf8") {
		return wireParams{}, unsupported("send the request as Content-Type: application/json, in UTF-8")
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return wireParams{}, unsupported("send the request without Content-Encoding")
	}
	body := r.Body
	if limits.BodyBytes >= 0 {
		body = http.MaxBytesReader(w, r.Body, int64(limits.BodyBytes))
	}
	text, err := io.ReadAll(body)
	if _, tooBig := errors.AsType[*http.MaxBytesError](err); tooBig {
		return wireParams{}, &requestError{
			status: http.StatusRequestEntityTooLarge, code: CodeBodyTooLarge,
			message: fmt.Sprintf("the request body has more than %d bytes", limits.BodyBytes),
		}
	}
	if err != nil {
		return wireParams{}, badRequest("the request body could not be read")
	}
	return decode(text)
}

func decode(body []byte) (wireParams, *requestError) {
	var wire wireParams
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 {
		return wire, badRequest("the request body is empty: send a JSON object with a \"query\"")
	}
	if trimmed[0] == '[' {
		return wire, &requestError{
			status: http.StatusBadRequest, code: CodeBatchNotSupported,
			message: "an array of operations is not supported: send one operation in each request",
		}
	}
	return wire, decodeJSON(trimmed, &wire, "the request body")
}

func readGet(r *http.Request) (wireParams, *requestError) {
	var wire wireParams
	if crossSite(r) {
		return wire, &requestError{
			status: http.StatusForbidden, code: CodeCrossSite,
			message: "a query from another site has to be sent by POST, or by GET with an X-Requested-With header",
		}
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return wire, badRequest("the query string of the URL is malformed")
	}
	for _, name := range []string{"query", "operationName", "variables", "extensions"} {
		if !utf8.ValidString(values.Get(name)) {
			return wire, badRequest("the parameter %s is not UTF-8", name)
		}
	}
	if values.Has("query") {
		wire.Query = new(values.Get("query"))
	}
	if values.Has("operationName") {
		wire.OperationName = new(values.Get("operationName"))
	}
	for _, part := range []struct {
		name string
		into *map[string]any
	}{{"variables", &wire.Variables}, {"extensions", &wire.Extensions}} {
		if text := values.Get(part.name); text != "" {
			if err := decodeJSON([]byte(text), part.into, "the parameter "+part.name); err != nil {
				return wire, err
			}
		}
	}
	return wire, nil
}

// crossSite reports a GET that a browser sends for a page of another site,
// and that it would not have had to ask for first.
func crossSite(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	asked := r.Header.Get("X-Requested-With") != "" || r.Header.Get("Content-Type") == mediaJSON
	return (site == "cross-site" || site == "same-site") && !asked
}

// decodeJSON reads exactly one JSON value. Numbers keep all their digits.
func decodeJSON(text []byte, into any, what string) *requestError {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			if name := mismatch.Field; name != "" {
				return badRequest("%s is malformed: %q has to be %s", what, name, wanted(name))
			}
			return badRequest("%s has to be a JSON object", what)
		}
		return badRequest("%s is not valid JSON", what)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return badRequest("%s has more than one JSON value", what)
	}
	return nil
}

func wanted(name string) string {
	if name == "query" || name == "operationName" {
		return "a string"
	}
	return "an object"
}

func unsupported(message string) *requestError {
	return &requestError{
		status: http.StatusUnsupportedMediaType, code: CodeUnsupportedMediaType, message: message,
	}
}
