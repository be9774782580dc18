package analytics

import "github.com/framefox-go/framefox/framework/query"

// Source is what the statements of reports are run on.
func (r *Repository) Source() query.Source { return r.source }
