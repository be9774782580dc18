package graphql

// The values of extensions.code that this package answers with. Parse and
// validation errors carry gqlgen's GRAPHQL_PARSE_FAILED and
// GRAPHQL_VALIDATION_FAILED.
const (
	CodeInternal     = "INTERNAL"       // a masked error; extensions.id is in the log
	CodeTimeout      = "TIMEOUT"        // the operation ran out of time
	CodeUnavailable  = "UNAVAILABLE"    // something that the server needs is not there; extensions.id is in the log
	CodeCanceled     = "CANCELED"       // the client went away
	CodeBadUserInput = "BAD_USER_INPUT" // an argument could not be read; extensions.argument names it

	CodeBadRequest           = "BAD_REQUEST"
	CodeBodyTooLarge         = "BODY_TOO_LARGE"
	CodeUnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
	CodeMethodNotAllowed     = "METHOD_NOT_ALLOWED"
	CodeNotAcceptable        = "NOT_ACCEPTABLE"
	CodeCrossSite            = "CROSS_SITE_REQUEST"
	CodeOperationNotFound    = "OPERATION_NOT_FOUND"

	CodeBatchNotSupported          = "BATCH_NOT_SUPPORTED"
	CodeDeferNotSupported          = "DEFER_NOT_SUPPORTED"
	CodeSubscriptionNotSupported   = "SUBSCRIPTION_NOT_SUPPORTED"
	CodePersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED"
	CodeIntrospectionDisabled      = "INTROSPECTION_DISABLED"

	CodeQueryTooLong         = "QUERY_TOO_LONG"
	CodeTooManyTokens        = "TOO_MANY_TOKENS"
	CodeTooDeep              = "QUERY_TOO_DEEP"
	CodeIntrospectionTooDeep = "INTROSPECTION_TOO_DEEP"
	CodeResponseTooLarge     = "RESPONSE_TOO_LARGE" // the operation ran; its answer is not sent
	CodeTooManyAliases       = "TOO_MANY_ALIASES"
	CodeTooManyRootFields    = "TOO_MANY_ROOT_FIELDS"
	CodeTooManyDirectives    = "TOO_MANY_DIRECTIVES"
	CodeTooManyFields        = "TOO_MANY_FIELDS"
)
