package agency.access.view.organisation;

import agency.access.domain.organisation.Founding;

/**
 * What is known of an organisation.
 *
 * @param number its number
 * @param name what it is called
 * @param founding what its founding decided
 */
public record OrganisationCard(int number, String name, Founding founding) {}
