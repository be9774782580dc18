package graphql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	gqlgen "github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// documents turns the text of a query into a document that may run, or into
// the errors that refuse it.
type documents struct {
	schema        *ast.Schema
	limits        Limits
	introspection bool
	rules         *rules.Rules
	cache         *documentCache
}

func newDocuments(schema *ast.Schema, opts Options) *documents {
	d := &documents{
		schema:        schema,
		limits:        opts.Limits,
		introspection: opts.Introspection,
		rules:         rules.NewDefaultRules(),
		cache:         newDocumentCache(opts.Cache),
	}
	if !opts.Introspection {
		// A suggestion gives away the names that introspection hides.
		for _, rule := range []struct{ with, without validator.Rule }{
			{rules.FieldsOnCorrectTypeRule, rules.FieldsOnCorrectTypeRuleWithoutSuggestions},
			{rules.KnownArgumentNamesRule, rules.KnownArgumentNamesRuleWithoutSuggestions},
			{rules.KnownTypeNamesRule, rules.KnownTypeNamesRuleWithoutSuggestions},
			{rules.ScalarLeafsRule, rules.ScalarLeafsRuleWithoutSuggestions},
			{rules.ValuesOfCorrectTypeRule, rules.ValuesOfCorrectTypeRuleWithoutSuggestions},
		} {
			d.rules.RemoveRule(rule.with.Name)
			d.rules.AddRule(rule.without.Name, rule.without.RuleFunc)
		}
	}
	return d
}

// get returns the document of a query. Only a document that passed everything
// is cached.
func (d *documents) get(query string) (*document, gqlerror.List) {
	if doc, ok := d.cache.get(query); ok {
		return doc, nil
	}
	tokens, refusal := d.limits.checkText(query)
	if refusal != nil {
		return nil, refused(refusal)
	}
	tree, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, max(d.limits.Tokens, 0))
	if err != nil {
		return nil, withCode(err, errcode.ParseFailed)
	}
	if len(tree.Operations) == 0 {
		return nil, refused(badRequest("the query holds no operation"))
	}
	if refusal := d.limits.checkDocument(tree, d.introspection); refusal != nil {
		return nil, refused(refusal)
	}
	if errs := validator.ValidateWithRules(d.schema, tree, d.rules); len(errs) > 0 {
		return nil, withCode(errs, errcode.ValidationFailed)
	}
	sum := sha256.Sum256([]byte(query))
	doc := &document{
		ast:   tree,
		hash:  hex.EncodeToString(sum[:16]),
		bytes: bytesPerDocument + len(query) + tokens*bytesPerToken,
	}
	d.cache.add(query, doc)
	return doc, nil
}

// documentExtension gives the executor the documents. Extensions can't hand
// gqlgen a parsed document, but its query cache can: so the document is put
// into the operation's context before gqlgen looks into that cache.
type documentExtension struct{ documents *documents }

var (
	_ gqlgen.OperationParameterMutator = documentExtension{}
	_ gqlgen.Cache[*ast.QueryDocument] = documentExtension{}
)

// ExtensionName implements gqlgen's HandlerExtension.
func (documentExtension) ExtensionName() string { return "FramefoxDocuments" }

// Validate implements gqlgen's HandlerExtension.
func (documentExtension) Validate(gqlgen.ExecutableSchema) error { return nil }

// MutateOperationParameters refuses the request, or puts its document into
// the operation's context.
func (e documentExtension) MutateOperationParameters(ctx context.Context, params *gqlgen.RawParams) *gqlerror.Error {
	doc, errs := e.documents.get(params.Query)
	if len(errs) > 0 {
		return &gqlerror.Error{Err: errs} // presentRequest takes the list out again
	}
	op := doc.ast.Operations.ForName(params.OperationName)
	if op == nil {
		return refused(operationNotFound(params.OperationName))[0]
	}
	if c := callFrom(ctx); c != nil {
		c.hash, c.operation, c.kind = doc.hash, clip(op.Name), string(op.Operation)
	}
	gqlgen.GetOperationContext(ctx).Doc = doc.ast
	return nil
}

// Get implements gqlgen's query cache: it is asked once, right after
// MutateOperationParameters.
func (documentExtension) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc := gqlgen.GetOperationContext(ctx).Doc
	return doc, doc != nil
}

// Add implements gqlgen's query cache; documents are added where they are made.
func (documentExtension) Add(context.Context, string, *ast.QueryDocument) {}

func operationNotFound(name string) *requestError {
	message := "the query has no operation of that name: check operationName"
	if name == "" {
		message = "the query has several operations: choose one with operationName"
	}
	return &requestError{code: CodeOperationNotFound, message: message}
}

// refused is a ClientError as gqlgen passes errors on.
func refused(err ClientError) gqlerror.List {
	return gqlerror.List{{Err: err, Message: err.Error()}}
}

// withCode is one error, or a list, of the parser or validator with its code.
func withCode(err error, code string) gqlerror.List {
	var list gqlerror.List
	if one, ok := err.(*gqlerror.Error); ok { //nolint:errorlint // the parser's own, never wrapped
		list = gqlerror.List{one}
	} else if !errors.As(err, &list) {
		list = gqlerror.List{gqlerror.Wrap(err)}
	}
	for _, e := range list {
		errcode.Set(e, code)
	}
	return list
}
