<p>login</p>
