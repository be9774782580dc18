package relay

// ArgumentError says what is wrong with an argument that a client sent.
type ArgumentError struct {
	Path   string // of the argument: "where.or[0].nameIn"
	Reason string
}

func (e *ArgumentError) Error() string { return e.Path + " " + e.Reason }

// ErrorCode is the code that API clients see.
func (e *ArgumentError) ErrorCode() string { return "BAD_USER_INPUT" }

// ErrorExtensions are the details that API clients see.
func (e *ArgumentError) ErrorExtensions() map[string]any {
	return map[string]any{"argument": e.Path}
}
