package graphql

import (
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// within says whether n is allowed; a negative limit allows everything.
func within(n, limit int) bool { return limit < 0 || n <= limit }

// checkText refuses a document by its text alone: its length, then its
// tokens. The number of tokens is returned for the cost of caching it.
func (l Limits) checkText(query string) (tokens int, err ClientError) {
	if !within(len(query), l.QueryChars) && !within(utf8.RuneCountInString(query), l.QueryChars) {
		return 0, &LimitError{CodeQueryTooLong, "characters in its query", l.QueryChars}
	}
	lex := lexer.New(&ast.Source{Input: query})
	for {
		token, lexErr := lex.ReadToken()
		if lexErr != nil || token.Kind == lexer.EOF {
			return tokens, nil //nolint:nilerr // the parser will report it, with its place
		}
		tokens++
		if !within(tokens, l.Tokens) {
			return tokens, &LimitError{CodeTooManyTokens, "tokens", l.Tokens}
		}
	}
}

// checkDocument refuses a parsed document by the size of its operations.
func (l Limits) checkDocument(doc *ast.QueryDocument, introspection bool) ClientError {
	m := newMeasurer(doc)
	for _, op := range doc.Operations {
		s, roots := m.operation(op)
		for _, c := range []struct {
			count int
			limit LimitError
		}{
			{roots, LimitError{CodeTooManyRootFields, "root fields", l.RootFields}},
			{s.aliases, LimitError{CodeTooManyAliases, "aliases", l.Aliases}},
			{s.directives, LimitError{CodeTooManyDirectives, "directives", l.Directives}},
			{s.depth, LimitError{CodeTooDeep, "levels of fields", l.Depth}},
			{s.fields, LimitError{CodeTooManyFields, "fields", l.Fields}},
			{s.introspectionDepth, LimitError{
				CodeIntrospectionTooDeep, "levels of introspection", l.IntrospectionDepth,
			}},
		} {
			if !within(c.count, c.limit.Limit) {
				return &c.limit
			}
		}
		switch {
		case s.introspects && !introspection:
			return &requestError{
				code:    CodeIntrospectionDisabled,
				message: "introspection is switched off on this server",
			}
		case s.defers:
			// gqlgen would run the deferred part for a reader that never comes.
			return &requestError{
				code:    CodeDeferNotSupported,
				message: "@defer is not offered: leave the directive out",
			}
		case op.Operation == ast.Subscription:
			return &requestError{
				code:    CodeSubscriptionNotSupported,
				message: "subscriptions are not offered over this endpoint",
			}
		}
	}
	return nil
}
