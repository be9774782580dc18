package query_test

import (
	"testing"

	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }
