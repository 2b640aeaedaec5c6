<ul><li>orders</ul>
