package config

// Expand shows the interpolation to its tests.
func Expand(text string, lookup func(string) (string, bool)) (out string, vars, unset []string, err error) {
	e, err := expand(text, lookup)
	return e.text, e.vars, e.unset, err
}
