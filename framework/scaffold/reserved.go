package scaffold

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// reservedEntity says why an entity cannot have the name; "" if it can.
func reservedEntity(n Names) string {
	pkg := strings.ToLower(n.Go) // of its constants, in the generated code
	switch {
	case token.IsKeyword(pkg):
		return pkg + " is a keyword of Go"
	case types.Universe.Lookup(pkg) != nil:
		return pkg + " is predeclared in Go"
	case slices.Contains(usedPackages(), pkg):
		return "the generated code uses the name " + pkg + " itself"
	case slices.Contains(usedTypes(), n.Go):
		return "the generated client has the type " + n.Go
	case slices.Contains(graphQLTypes(), n.Go):
		return "GraphQL has the type " + n.Go
	default:
		return ""
	}
}

// usedPackages are packages, and names beside them, of the generated code.
func usedPackages() []string {
	return strings.Fields(`
		as asc client config count debug desc hook interceptor log max mean min op option policy query mutation mutator
		value sum aggregatefunc mutatefunc orderfunc
		context dialect driver ent entity enttest errors expose field fmt graphql hooks inters intercept internal json main
		math migrate nodes password predicate privacy reflect registry relay rule runtime saved schema sql sqlgraph sqljson
		stdsql strings sync time tx uuid where write columns`)
}

// usedTypes are types of the generated client.
func usedTypes() []string {
	return strings.Fields(`CommitFunc CommitHook Committer ConstraintError GraphQL Hooks InterceptFunc MutationFunc NotFoundError NotLoadedError
		NotSingularError Noder Querier QuerierFunc QueryContext RollbackFunc RollbackHook Rollbacker TraverseFunc Traverser
		ValidationError`)
}

// graphQLTypes are types of GraphQL and of the framework's API.
func graphQLTypes() []string {
	return strings.Fields(`Affected Base64 BigInt Boolean Cursor Date Decimal Float ID Int JSON JSONFilter Mutation Node OrderDirection
		PageInfo Pagination Precision Query String Subscription Time Total Trashed UUID`)
}

// reservedMember says why a field or relation cannot have the name; "" if it
// can.
func reservedMember(name string) string {
	switch {
	case name == "id":
		return "id is the key, which each entity has; choose its type with --id"
	case slices.Contains(memberNames(), name):
		return "the generated code of each entity uses the name itself"
	default:
		return ""
	}
}

// memberNames are taken in the generated code of each entity.
func memberNames() []string {
	return strings.Fields(`and by_id columns edge edges global_id id_in id_neq id_not_in not or string unwrap update
		valid_column value`)
}

// filterNames are those that filters form of the name of a field: views_gt.
func filterNames(field string) []string {
	var names []string
	for suffix := range strings.FieldsSeq(`neq in not_in gt gte lt lte contains contains_fold has_prefix has_suffix equal_fold is_nil not_nil`) {
		names = append(names, field+"_"+suffix)
	}
	return names
}

// edgeNames are those that the generator forms of the name of a relation.
func edgeNames(edge string) []string {
	return []string{edge + "_table", edge + "_inverse_table", edge + "_column", edge + "_primary_key", "has_" + edge, "has_" + edge + "_with"}
}

// derived are the names that the generator gives to what belongs to an entity,
// in Go or in GraphQL.
func derived(entity string) []string {
	names := []string{"Create" + entity + "Input", "Update" + entity + "Input", "Upsert" + entity + "Input"}
	for suffix := range strings.FieldsSeq(`Aggregate AggregateAvg AggregateBy AggregateCountDistinct AggregateGroup AggregateKey
		AggregateMinMax AggregateOrder AggregateOrderField AggregateSum Client Connection Create CreateBulk Delete DeleteOne Edge Edges Func GroupBy Key Mutation
		Order OrderField Page Query Select UniqueInput Upsert UpsertBulk Update UpdateBulk UpdateOne WhereInput`) {
		names = append(names, entity+suffix)
	}
	return names
}

// collide says why two entities cannot be side by side; "" if they can.
func collide(a, b Names) string {
	switch {
	case strings.EqualFold(a.Go, b.Go):
		return fmt.Sprintf("%s and %s differ in capitals only", a.Go, b.Go)
	case slices.Contains(derived(b.Go), a.Go):
		return fmt.Sprintf("the code generated for %s has a type of that name", b.Go)
	case slices.Contains(derived(a.Go), b.Go):
		return fmt.Sprintf("the code generated for it has the type %s, which is an entity", b.Go)
	case a.Table == b.Table:
		return fmt.Sprintf("%s has the table %s; give another with --table", b.Go, b.Table)
	default:
		return ""
	}
}

// sqlReserved reports whether the word is reserved in SQL on one of the
// databases. The framework quotes names everywhere; SQL that is written by hand
// has to, too.
func sqlReserved(word string) bool {
	return slices.Contains(strings.Fields(`
		accessible add all alter analyse analyze and any array as asc asymmetric before between both by call cascade case
		cast change char character check collate column condition constraint continue convert create cross cube
		current_date current_role current_time current_timestamp current_user cursor database databases dec decimal
		declare default deferrable delayed delete desc describe distinct div do double drop each else elseif empty end
		escape except exists exit explain false fetch float for force foreign from full fulltext function generated get
		grant group grouping groups having if ignore in index infile initially inner inout insert int integer intersect
		interval into is isnull iterate join key keys kill lag last_value lateral lead leading leave left like limit lines
		load localtime localtimestamp lock loop match mod natural new not notnull null numeric of off offset old on only
		optimize option optionally or order out outer over partition placing precision primary procedure purge range rank
		read recursive references regexp release rename repeat replace require resignal restrict return returning revoke
		right rlike row row_number rows schema schemas select separator session_user set show signal similar some spatial
		sql starting stored symmetric system table tables tablesample terminated then to trailing transaction trigger true
		undo union unique unlock unsigned update usage use user using values varbinary varchar variadic varying verbose
		view virtual when where while window with write xor zerofill`), word)
}
