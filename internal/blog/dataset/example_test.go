package dataset_test

import (
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/internal/blog/dataset"
)

func ExamplePackages() {
	index := `Package: apt
Version: 2.6.1
Maintainer: APT Development Team <deity@lists.debian.org>
Section: admin
Description: commandline package manager
Tag: role::program, implemented-in::{c,c++}

Package: lost
Description: nobody looks after it
`
	for p, err := range dataset.Packages(strings.NewReader(index)) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(p.Name, "by", p.Maintainer.Email, p.Tags)
	}
	// Output:
	// apt by deity@lists.debian.org [implemented-in::c implemented-in::c++ role::program]
	// line 8: package lost: the field Maintainer is missing
}
