package entext

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/unitofwork"
)

// checkNames refuses entities whose name is needed for something else. Left to
// themselves, two types of one name become one, or code that does not compile.
func checkNames(nodes []*node) error {
	owner := map[string]string{} // of the names that are generated
	for _, n := range nodes {
		for _, name := range generatedNames(n) {
			owner[name] = n.Name
		}
	}
	for _, n := range nodes {
		if n.InAPI() && slices.Contains(typesOfAPI(), n.Entity.GraphQL) {
			return fmt.Errorf("entext: %s: the API has a type %s of its own; give the entity another name, or hide it with expose.Hidden()", n.Name, n.Entity.GraphQL)
		}
		if n.Name == "EntityManager" {
			return fmt.Errorf("entext: %s: a type of that name is generated; give the entity another name", n.Name)
		}
		for _, name := range []string{n.Name, n.Entity.GraphQL} {
			if other := owner[name]; other != "" {
				return fmt.Errorf("entext: %s: a type of that name is generated for %s; give one of them another name", n.Name, other)
			}
		}
	}
	return nil
}

// typesOfAPI are the types that every API has.
func typesOfAPI() []string {
	return strings.Fields(`Affected Base64 BigInt Cursor Date Decimal JSON JSONFilter Mutation Node OrderDirection PageInfo Pagination
		Precision Query Subscription Time Total Trashed UUID`)
}

// generatedNames are types that the framework makes for an entity, in Go, in
// GraphQL or in both. Ent looks after its own.
func generatedNames(n *node) []string {
	list := []string{n.Name + "Key", n.Name + "UpdateBulk", n.Name + "Upsert", n.Name + "UpsertBulk"}
	if !n.HasOneFieldID() {
		list = append(list, n.Name+"Unit")
	}
	if !n.InAPI() {
		return list
	}
	name := n.Entity.GraphQL
	for suffix := range strings.FieldsSeq(`Aggregate AggregateAvg AggregateBy AggregateCountDistinct AggregateGroup AggregateKey AggregateMinMax
		AggregateOrder AggregateOrderField AggregateSum Connection Edge Key Order OrderField Page UniqueInput WhereInput`) {
		list = append(list, name+suffix)
	}
	return append(list, "Create"+name+"Input", "Update"+name+"Input", "Upsert"+name+"Input")
}

// unitField names what the entity manager has for an entity: as the entity,
// unless that is what one of the manager's methods is called.
func unitField(n *node) string {
	manager := reflect.TypeFor[*unitofwork.Manager]()
	if _, taken := manager.MethodByName(n.Name); taken || n.Name == manager.Elem().Name() {
		return n.Name + "Set"
	}
	return n.Name
}
